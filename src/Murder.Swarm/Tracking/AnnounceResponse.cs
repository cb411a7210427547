using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Murder.Swarm;

/// <summary>What a tracker answers to an announce: bencoded, peers always in the compact form (BEP 3, 7, 23).</summary>
/// <param name="Peers">where other members listen</param>
/// <param name="Interval">when to announce again; whole seconds on the wire</param>
public sealed record AnnounceResponse(IReadOnlyList<IPEndPoint> Peers, TimeSpan Interval)
{
    /// <summary>Whatever a tracker says, a member announces neither more often nor less often than this.</summary>
    private static readonly (TimeSpan Min, TimeSpan Max) IntervalBounds = (TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));

    /// <summary>Not to announce earlier than this; null when the tracker does not say.</summary>
    public TimeSpan? MinInterval { get; init; }

    /// <summary>Seeds.</summary>
    public int Complete { get; init; }

    /// <summary>Leeches.</summary>
    public int Incomplete { get; init; }

    /// <summary>The bencoded answer that refuses an announce (BEP 3).</summary>
    public static byte[] Failure(string reason) =>
        new BencodeWriter().BeginDictionary().WriteKey("failure reason"u8).WriteString(reason).End().ToArray();

    public byte[] ToBytes()
    {
        var writer = new BencodeWriter();
        writer.BeginDictionary();
        writer.WriteKey("complete"u8).WriteInteger(Complete);
        writer.WriteKey("incomplete"u8).WriteInteger(Incomplete);
        writer.WriteKey("interval"u8).WriteInteger((long)Interval.TotalSeconds);
        if (MinInterval is { } min)
        {
            writer.WriteKey("min interval"u8).WriteInteger((long)min.TotalSeconds);
        }

        writer.WriteKey("peers"u8).WriteString(CompactPeers.Write(Peers, AddressFamily.InterNetwork));
        writer.WriteKey("peers6"u8).WriteString(CompactPeers.Write(Peers, AddressFamily.InterNetworkV6));
        return writer.End().ToArray();
    }

    /// <summary>Reads an answer; false, with the tracker's failure reason or what is wrong with its bytes, when it brings no peers. Never throws.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out AnnounceResponse? response, [NotNullWhen(false)] out string? failure)
    {
        response = null;
        failure = "the tracker's answer is not a bencoded dictionary";
        if (!BencodeReader.TryCreate(bytes, out BencodeReader reader, out _) || !reader.TryEnterDictionary())
        {
            return false;
        }

        failure = null;
        var peers = new List<IPEndPoint>();
        long? interval = null;
        long? minInterval = null;
        long complete = 0;
        long incomplete = 0;
        while (failure is null && reader.TryReadKey(out ReadOnlySpan<byte> key))
        {
            failure = key switch
            {
                _ when key.SequenceEqual("failure reason"u8) => ReadReason(ref reader),
                _ when key.SequenceEqual("interval"u8) => ReadNumber(ref reader, ref interval),
                _ when key.SequenceEqual("min interval"u8) => ReadNumber(ref reader, ref minInterval),
                _ when key.SequenceEqual("complete"u8) => ReadCount(ref reader, ref complete),
                _ when key.SequenceEqual("incomplete"u8) => ReadCount(ref reader, ref incomplete),
                _ when key.SequenceEqual("peers"u8) => ReadPeers(ref reader, AddressFamily.InterNetwork, peers),
                _ when key.SequenceEqual("peers6"u8) => ReadPeers(ref reader, AddressFamily.InterNetworkV6, peers),
                _ => Pass(ref reader),
            };
        }

        failure ??= interval is null ? "the tracker's answer has no interval" : null;
        if (failure is null)
        {
            response = new AnnounceResponse(peers, Bounded(interval!.Value))
            {
                MinInterval = minInterval is { } min ? Bounded(min) : null,
                Complete = (int)Math.Clamp(complete, 0, int.MaxValue),
                Incomplete = (int)Math.Clamp(incomplete, 0, int.MaxValue),
            };
        }

        return response is not null;
    }

    private static TimeSpan Bounded(long seconds) =>
        TimeSpan.FromSeconds(Math.Clamp(seconds, (long)IntervalBounds.Min.TotalSeconds, (long)IntervalBounds.Max.TotalSeconds));

    private static string ReadReason(ref BencodeReader reader) =>
        reader.TryReadString(out ReadOnlySpan<byte> reason) ? Encoding.UTF8.GetString(reason) : "the tracker refuses without a reason";

    private static string? ReadNumber(ref BencodeReader reader, ref long? number)
    {
        bool isNumber = reader.TryReadInteger(out long value);
        number = value;
        return isNumber ? null : "an interval in the tracker's answer is not a number";
    }

    private static string? ReadCount(ref BencodeReader reader, ref long count) =>
        reader.TryReadInteger(out count) ? null : "a count in the tracker's answer is not a number";

    private static string? ReadPeers(ref BencodeReader reader, AddressFamily family, List<IPEndPoint> peers) =>
        reader.TryReadString(out ReadOnlySpan<byte> bytes) && CompactPeers.TryRead(bytes, family, peers)
            ? null
            : "the peers in the tracker's answer are not in the compact form";

    private static string? Pass(ref BencodeReader reader)
    {
        reader.Skip();
        return null;
    }
}
