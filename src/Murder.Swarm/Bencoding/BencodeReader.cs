namespace Murder.Swarm;

/// <summary>
/// Reads canonical bencoding (BEP 3, BEP 52) from bytes of others, in place: nothing is allocated or copied, and nothing but the input's own
/// length bounds the work. Made only by <see cref="TryCreate"/>, which checks the whole text once; afterwards each <c>Try…</c>
/// is false only when another kind of value stands there, and then the reader has not moved.
/// </summary>
/// <example>
/// <code>
/// if (BencodeReader.TryCreate(bytes, out BencodeReader reader, out _) &amp;&amp; reader.TryEnterDictionary())
/// {
///     while (reader.TryReadKey(out ReadOnlySpan&lt;byte&gt; key)) { if (!key.SequenceEqual("interval"u8)) { reader.Skip(); } … }
/// }
/// </code>
/// </example>
public ref struct BencodeReader
{
    private readonly ReadOnlySpan<byte> _text;
    private int _position;

    private BencodeReader(ReadOnlySpan<byte> text) => _text = text;

    /// <summary>Where in the text the reader stands.</summary>
    internal readonly int Position => _position;

    public readonly BencodeKind Kind => _position == _text.Length
        ? BencodeKind.End
        : _text[_position] switch
        {
            (byte)'e' => BencodeKind.End,
            (byte)'i' => BencodeKind.Integer,
            (byte)'l' => BencodeKind.List,
            (byte)'d' => BencodeKind.Dictionary,
            _ => BencodeKind.String,
        };

    /// <summary>
    /// False, with one sentence, unless the text is exactly one canonical value: keys sorted and unique, no leading zeros, no -0, integers
    /// of 64 bits, nothing after the value, at most <see cref="BencodeValidator.DepthMax"/> levels.
    /// </summary>
    public static bool TryCreate(ReadOnlySpan<byte> text, out BencodeReader reader, out string? error)
    {
        bool valid = BencodeValidator.TryValidate(text, out error);
        reader = valid ? new BencodeReader(text) : default;
        return valid;
    }

    /// <summary>Goes on, from a position where a reader stood, in a text that <see cref="TryCreate"/> has checked: nothing is checked again.</summary>
    internal static BencodeReader Resume(ReadOnlySpan<byte> text, int position) => new(text) { _position = position };

    public bool TryReadInteger(out long value)
    {
        value = 0;
        if (Kind != BencodeKind.Integer)
        {
            return false;
        }

        bool valid = BencodeValidator.TryReadInteger(_text, ref _position, out value, out _);
        System.Diagnostics.Debug.Assert(valid, "the text was validated");
        return true;
    }

    public bool TryReadString(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (Kind != BencodeKind.String)
        {
            return false;
        }

        bool valid = BencodeValidator.TryReadString(_text, ref _position, out value, out _);
        System.Diagnostics.Debug.Assert(valid, "the text was validated");
        return true;
    }

    /// <summary>Enters a dictionary; then read keys, each followed by its value, until <see cref="TryReadKey"/> is false.</summary>
    public bool TryEnterDictionary() => TryEnter(BencodeKind.Dictionary);

    /// <summary>The next key of the dictionary; false at its end, which is then behind the reader.</summary>
    public bool TryReadKey(out ReadOnlySpan<byte> key) => TryReadString(out key) || TryLeave();

    /// <summary>Enters a list; then read values until <see cref="TryLeaveList"/> is true.</summary>
    public bool TryEnterList() => TryEnter(BencodeKind.List);

    /// <summary>True at the end of the list, which is then behind the reader.</summary>
    public bool TryLeaveList()
    {
        bool ends = Kind == BencodeKind.End;
        TryLeave();
        return ends;
    }

    /// <summary>Passes the next value, however deep it is, and returns its bytes as they stand; nothing at an end.</summary>
    public ReadOnlySpan<byte> Skip()
    {
        int start = _position;
        int depth = 0;
        do
        {
            switch (Kind)
            {
                case BencodeKind.Integer:
                    TryReadInteger(out _);
                    break;
                case BencodeKind.String:
                    TryReadString(out _);
                    break;
                case BencodeKind.End when depth == 0:
                    return default;
                case BencodeKind.End:
                    _position++;
                    depth--;
                    break;
                default:
                    _position++;
                    depth++;
                    break;
            }
        }
        while (depth > 0);

        return _text[start.._position];
    }

    private bool TryEnter(BencodeKind kind)
    {
        if (Kind != kind)
        {
            return false;
        }

        _position++;
        return true;
    }

    /// <summary>Always false, so that it can end the expression that found no further key.</summary>
    private bool TryLeave()
    {
        if (Kind == BencodeKind.End && _position < _text.Length)
        {
            _position++;
        }

        return false;
    }
}
