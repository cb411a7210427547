using System.Buffers.Text;
using System.Text;

namespace Murder.Swarm;

/// <summary>
/// The handshake of the extension protocol (BEP 10): a bencoded dictionary of which we need few entries. Read leniently: what cannot
/// be understood is as if it had not been said, for a peer that garbles advice still has pieces. It may be said again when something changes.
/// </summary>
/// <param name="ListenPort"><c>p</c>: where the sender listens; 0 when unknown</param>
/// <param name="RequestsMax"><c>reqq</c>: requests the sender queues; 0 when unknown</param>
/// <param name="IsUploadOnly"><c>upload_only</c> (BEP 21): the sender will not ask for anything any more</param>
/// <param name="Zone"><c>zone</c>: the failure or cost domain that the sender is in; null when it does not say. Ours alone: BEP 10 has others pass over it</param>
internal readonly record struct ExtensionHandshake(int ListenPort, int RequestsMax, bool IsUploadOnly, string? Zone = null)
{
    /// <summary>Deeper nesting is not read: no extension nests more than three levels.</summary>
    private const int DepthMax = 8;

    private const string Client = "Murder.Build 0.1";

    public byte[] ToPayload()
    {
        string port = ListenPort > 0 ? $"1:pi{ListenPort}e" : "";
        string uploadOnly = IsUploadOnly ? "11:upload_onlyi1e" : "";
        string zone = string.IsNullOrEmpty(Zone) ? "" : $"4:zone{Encoding.UTF8.GetByteCount(Zone)}:{Zone}";
        return Encoding.UTF8.GetBytes($"d1:mde{port}4:reqqi{RequestsMax}e{uploadOnly}1:v{Client.Length}:{Client}{zone}e");
    }

    public static ExtensionHandshake Read(ReadOnlySpan<byte> payload)
    {
        int port = 0;
        int requests = 0;
        bool isUploadOnly = false;
        string? zone = null;
        if (payload.IsEmpty || payload[0] != 'd')
        {
            return default;
        }

        ReadOnlySpan<byte> rest = payload[1..];
        while (TryReadString(ref rest, out ReadOnlySpan<byte> key))
        {
            ReadOnlySpan<byte> value = rest;
            if (!TrySkip(ref rest, DepthMax))
            {
                break;
            }

            if (key.SequenceEqual("p"u8))
            {
                port = ReadNumber(value, 65535);
            }
            else if (key.SequenceEqual("reqq"u8))
            {
                requests = ReadNumber(value, int.MaxValue);
            }
            else if (key.SequenceEqual("upload_only"u8))
            {
                isUploadOnly = ReadNumber(value, int.MaxValue) > 0;
            }
            else if (key.SequenceEqual("zone"u8))
            {
                zone = TryReadString(ref value, out ReadOnlySpan<byte> name) && !name.IsEmpty ? Encoding.UTF8.GetString(name) : null;
            }
        }

        return new ExtensionHandshake(port, requests, isUploadOnly, zone);
    }

    private static int ReadNumber(ReadOnlySpan<byte> value, int max) =>
        value.Length > 1 && value[0] == 'i'
        && Utf8Parser.TryParse(value[1..], out long number, out int used)
        && used + 1 < value.Length && value[used + 1] == 'e'
        && number > 0 && number <= max ? (int)number : 0;

    private static bool TryReadString(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!Utf8Parser.TryParse(rest, out uint length, out int used)
            || used >= rest.Length || rest[used] != ':'
            || length > rest.Length - used - 1)
        {
            return false;
        }

        text = rest.Slice(used + 1, (int)length);
        rest = rest[(used + 1 + (int)length)..];
        return true;
    }

    private static bool TrySkip(ref ReadOnlySpan<byte> rest, int depth)
    {
        if (rest.IsEmpty || depth == 0)
        {
            return false;
        }

        switch (rest[0])
        {
            case (byte)'i':
                int end = rest.IndexOf((byte)'e');
                rest = end < 0 ? default : rest[(end + 1)..];
                return end >= 0;
            case (byte)'l' or (byte)'d':
                rest = rest[1..];
                while (!rest.IsEmpty && rest[0] != 'e')
                {
                    if (!TrySkip(ref rest, depth - 1))
                    {
                        return false;
                    }
                }

                rest = rest.IsEmpty ? rest : rest[1..];
                return true;
            default:
                return TryReadString(ref rest, out _);
        }
    }
}
