using System.Buffers.Text;
using System.Text;

namespace Murder.Swarm;

/// <summary>
/// The handshake of the extension protocol (BEP 10): a bencoded dictionary of which we need two numbers. Read leniently: what cannot
/// be understood is as if it had not been said, for a peer that garbles advice still has pieces.
/// </summary>
/// <param name="ListenPort"><c>p</c>: where the sender listens; 0 when unknown</param>
/// <param name="RequestsMax"><c>reqq</c>: requests the sender queues; 0 when unknown</param>
internal readonly record struct ExtensionHandshake(int ListenPort, int RequestsMax)
{
    /// <summary>Deeper nesting is not read: no extension nests more than three levels.</summary>
    private const int DepthMax = 8;

    private const string Client = "Murder.Build 0.1";

    public byte[] ToPayload()
    {
        string port = ListenPort > 0 ? $"1:pi{ListenPort}e" : "";
        return Encoding.ASCII.GetBytes($"d1:mde{port}4:reqqi{RequestsMax}e1:v{Client.Length}:{Client}e");
    }

    public static ExtensionHandshake Read(ReadOnlySpan<byte> payload)
    {
        int port = 0;
        int requests = 0;
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
        }

        return new ExtensionHandshake(port, requests);
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
