namespace Murder.Swarm;

/// <summary>
/// One pass over a bencoded text that accepts exactly the canonical ones. BEP 52 lets an info-hash be taken from a decoded text only
/// "if the decoder fully validated the input"; we refuse everything else.
/// </summary>
public static class BencodeValidator
{
    /// <summary>Levels of lists and dictionaries in one another. The deepest metainfo we accept has 64 folders and five levels around them.</summary>
    public const int DepthMax = 96;

    internal static bool TryValidate(ReadOnlySpan<byte> text, out string? error)
    {
        Span<Level> levels = stackalloc Level[DepthMax];
        int depth = 0;
        int position = 0;
        do
        {
            if (position == text.Length)
            {
                error = $"byte {position}: the text ends in the middle of a value";
                return false;
            }

            bool expectsKey = depth > 0 && levels[depth - 1].ExpectsKey;
            bool valid = text[position] switch
            {
                (byte)'e' => TryLeave(levels, ref depth, ref position, out error),
                _ when expectsKey => TryReadKey(text, ref levels[depth - 1], ref position, out error),
                _ => TryReadValue(text, levels, ref depth, ref position, out error),
            };
            if (!valid)
            {
                return false;
            }
        }
        while (depth > 0);

        error = position == text.Length ? null : $"byte {position}: something follows the value";
        return error is null;
    }

    internal static bool TryReadInteger(ReadOnlySpan<byte> text, scoped ref int position, out long value, out string? error)
    {
        int digitsAt = position + 1;
        bool isNegative = digitsAt < text.Length && text[digitsAt] == '-';
        digitsAt += isNegative ? 1 : 0;
        value = 0;
        error = null;
        if (!TryReadDigits(text, digitsAt, out ulong magnitude, out int end) || end == text.Length || text[end] != 'e')
        {
            error = $"byte {position}: not an integer of at most 64 bits without leading zeros";
        }
        else if (isNegative && magnitude is 0 or > 1UL << 63)
        {
            error = $"byte {position}: -0 and integers of more than 64 bits are refused";
        }
        else if (!isNegative && magnitude > long.MaxValue)
        {
            error = $"byte {position}: an integer of more than 64 bits";
        }
        else
        {
            value = isNegative ? unchecked(-(long)magnitude) : (long)magnitude;
            position = end + 1;
        }

        return error is null;
    }

    internal static bool TryReadString(ReadOnlySpan<byte> text, scoped ref int position, out ReadOnlySpan<byte> value, out string? error)
    {
        value = default;
        error = null;
        if (!TryReadDigits(text, position, out ulong length, out int end) || end == text.Length || text[end] != ':')
        {
            error = $"byte {position}: neither a value nor the length of a string without leading zeros";
        }
        else if (length > (ulong)(text.Length - end - 1))
        {
            error = $"byte {position}: a string is longer than what is left of the text";
        }
        else
        {
            value = text.Slice(end + 1, (int)length);
            position = end + 1 + (int)length;
        }

        return error is null;
    }

    /// <summary>One or more digits, no leading zero, no overflow.</summary>
    private static bool TryReadDigits(ReadOnlySpan<byte> text, int start, out ulong value, out int end)
    {
        value = 0;
        for (end = start; end < text.Length && char.IsAsciiDigit((char)text[end]); end++)
        {
            uint digit = (uint)(text[end] - '0');
            if ((value == 0 && end > start) || value > (ulong.MaxValue - digit) / 10)
            {
                return false;
            }

            value = (value * 10) + digit;
        }

        return end > start;
    }

    private static bool TryReadValue(ReadOnlySpan<byte> text, Span<Level> levels, ref int depth, ref int position, out string? error)
    {
        if (depth > 0)
        {
            levels[depth - 1].ExpectsKey = levels[depth - 1].IsDictionary; // what follows this value
        }

        return text[position] switch
        {
            (byte)'i' => TryReadInteger(text, ref position, out _, out error),
            (byte)'l' or (byte)'d' => TryEnter(text[position] == 'd', levels, ref depth, ref position, out error),
            _ => TryReadString(text, ref position, out _, out error),
        };
    }

    private static bool TryReadKey(ReadOnlySpan<byte> text, ref Level dictionary, ref int position, out string? error)
    {
        int at = position;
        if (!TryReadString(text, ref position, out ReadOnlySpan<byte> key, out error))
        {
            return false;
        }

        if (dictionary.HasKey && text.Slice(dictionary.KeyStart, dictionary.KeyLength).SequenceCompareTo(key) >= 0)
        {
            error = $"byte {at}: the keys of a dictionary are not sorted, or one stands twice";
            return false;
        }

        dictionary = new Level { IsDictionary = true, HasKey = true, KeyStart = position - key.Length, KeyLength = key.Length };
        return true;
    }

    private static bool TryEnter(bool isDictionary, Span<Level> levels, ref int depth, ref int position, out string? error)
    {
        if (depth == DepthMax)
        {
            error = $"byte {position}: more than {DepthMax} levels";
            return false;
        }

        levels[depth++] = new Level { IsDictionary = isDictionary, ExpectsKey = isDictionary };
        position++;
        error = null;
        return true;
    }

    private static bool TryLeave(Span<Level> levels, ref int depth, ref int position, out string? error)
    {
        bool mayEnd = depth > 0 && levels[depth - 1].IsDictionary == levels[depth - 1].ExpectsKey;
        error = mayEnd ? null : $"byte {position}: an end where a value must stand";
        if (mayEnd)
        {
            depth--;
            position++;
        }

        return mayEnd;
    }

    /// <summary>A list or dictionary that has begun; the last key is remembered by where it stands.</summary>
    private struct Level
    {
        public bool IsDictionary;
        public bool ExpectsKey;
        public bool HasKey;
        public int KeyStart;
        public int KeyLength;
    }
}
