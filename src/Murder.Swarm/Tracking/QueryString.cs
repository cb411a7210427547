using System.Globalization;
using System.Text;

namespace Murder.Swarm;

/// <summary>
/// The query string of an announce: <c>key=value</c> joined by '&amp;', each side percent-encoded bytes (BEP 3, RFC 3986). Values are raw
/// bytes, not text: an info-hash is seldom UTF-8. A '+' is a plus sign, as clients that escape byte by byte mean it.
/// </summary>
internal static class QueryString
{
    /// <summary>Longest query that is read; a tracker's HTTP head is bounded to about the same.</summary>
    public const int LengthMax = 8192;

    /// <summary>Most keys that are read.</summary>
    public const int PairsMax = 64;

    /// <summary>
    /// All pairs, or null when the query is too long, has too many keys, names one key twice (two readers could disagree about it) or holds a
    /// broken escape or a character outside ASCII.
    /// </summary>
    public static Dictionary<string, byte[]>? TryParse(string query)
    {
        if (query.Length > LengthMax)
        {
            return null;
        }

        var pairs = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (Range part in query.AsSpan().Split('&'))
        {
            ReadOnlySpan<char> pair = query.AsSpan(part);
            if (pair.IsEmpty)
            {
                continue;
            }

            int equals = pair.IndexOf('=');
            byte[]? key = TryDecode(equals < 0 ? pair : pair[..equals]);
            byte[]? value = TryDecode(equals < 0 ? [] : pair[(equals + 1)..]);
            if (key is null || value is null || pairs.Count == PairsMax || !pairs.TryAdd(Encoding.Latin1.GetString(key), value))
            {
                return null;
            }
        }

        return pairs;
    }

    /// <summary>A number of decimal digits, perhaps with a minus sign; null for anything else.</summary>
    public static long? TryReadNumber(byte[] value) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;

    /// <summary>Appends bytes, all but the unreserved characters of RFC 3986 escaped.</summary>
    public static void AppendEncoded(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~')
            {
                text.Append((char)b);
            }
            else
            {
                text.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
            }
        }
    }

    private static byte[]? TryDecode(ReadOnlySpan<char> text)
    {
        byte[] bytes = new byte[text.Length];
        int count = 0;
        for (int at = 0; at < text.Length; at++)
        {
            char c = text[at];
            if (c == '%')
            {
                if (at + 2 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2]))
                {
                    return null;
                }

                bytes[count++] = byte.Parse(text.Slice(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                at += 2;
            }
            else if (char.IsAscii(c))
            {
                bytes[count++] = (byte)c;
            }
            else
            {
                return null;
            }
        }

        return bytes[..count];
    }
}
