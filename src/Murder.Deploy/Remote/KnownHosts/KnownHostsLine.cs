using System.Buffers.Binary;
using System.Text;

namespace Murder.Deploy;

/// <summary>What a known_hosts line says about its key.</summary>
internal enum HostKeyMark
{
    /// <summary>The host has this key.</summary>
    None,

    /// <summary>The host has a certificate signed by this key.</summary>
    Authority,

    /// <summary>Nobody may be trusted for this key.</summary>
    Revoked,
}

/// <summary>One meaningful line of a known_hosts file.</summary>
/// <param name="Type">as inside the blob: <c>ssh-ed25519</c>, <c>ssh-rsa</c></param>
/// <param name="Where"><c>FILE:LINE</c></param>
internal sealed record KnownHostsLine(HostKeyMark Mark, HostKeyPattern Pattern, string Type, byte[] Blob, string Where)
{
    private const int TypeLengthMax = 64;
    private static readonly char[] s_blanks = [' ', '\t'];

    /// <summary>Null for a comment, a blank line and anything malformed: ssh passes over those too.</summary>
    public static KnownHostsLine? TryParse(string line, string where)
    {
        string[] fields = line.Split(s_blanks, 5, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length == 0 || fields[0].StartsWith('#'))
        {
            return null;
        }

        HostKeyMark mark = HostKeyMark.None;
        if (fields[0].StartsWith('@'))
        {
            switch (fields[0])
            {
                case "@cert-authority": mark = HostKeyMark.Authority; break;
                case "@revoked": mark = HostKeyMark.Revoked; break;
                default: return null;
            }

            fields = fields[1..];
        }

        if (fields.Length < 3 || HostKeyPattern.Parse(fields[0]) is not { } pattern || TryDecode(fields[2]) is not { } blob)
        {
            return null;
        }

        return TypeOf(blob) is { } type && type == fields[1] ? new KnownHostsLine(mark, pattern, type, blob, where) : null;
    }

    /// <summary>The name a public key blob begins with (RFC 4253, section 6.6); null when it does not.</summary>
    public static string? TypeOf(ReadOnlySpan<byte> blob)
    {
        if (blob.Length < sizeof(int))
        {
            return null;
        }

        int length = BinaryPrimitives.ReadInt32BigEndian(blob);
        return length is > 0 and <= TypeLengthMax && length <= blob.Length - sizeof(int)
            ? Encoding.ASCII.GetString(blob.Slice(sizeof(int), length))
            : null;
    }

    private static byte[]? TryDecode(string base64)
    {
        byte[] bytes = new byte[base64.Length * 3 / 4];
        return Convert.TryFromBase64String(base64, bytes, out int length) ? bytes[..length] : null;
    }
}
