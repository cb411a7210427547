using System.Buffers;
using System.Globalization;
using System.Text;

namespace Murder.Swarm;

/// <summary>
/// Writes canonical bencoding. Who writes keys out of order, a key without a value or an end too many has a bug, and is told so by an
/// <see cref="InvalidOperationException"/>: this writer cannot make a text that <see cref="BencodeReader"/> refuses.
/// </summary>
public sealed class BencodeWriter
{
    private readonly ArrayBufferWriter<byte> _text = new();
    private readonly Stack<Level> _levels = new();
    private bool _isDone;

    public BencodeWriter WriteInteger(long value)
    {
        BeginValue();
        Span<byte> digits = stackalloc byte[22];
        digits[0] = (byte)'i';
        value.TryFormat(digits[1..], out int length, default, CultureInfo.InvariantCulture);
        digits[length + 1] = (byte)'e';
        _text.Write(digits[..(length + 2)]);
        EndValue();
        return this;
    }

    public BencodeWriter WriteString(ReadOnlySpan<byte> value)
    {
        BeginValue();
        WriteBytes(value);
        EndValue();
        return this;
    }

    /// <summary>Writes the text as UTF-8.</summary>
    public BencodeWriter WriteString(string value) => WriteString(Encoding.UTF8.GetBytes(value));

    public BencodeWriter WriteKey(ReadOnlySpan<byte> key)
    {
        if (!_levels.TryPeek(out Level? level) || !level.IsDictionary || level.HasPendingKey)
        {
            throw new InvalidOperationException("a key stands in a dictionary, and its value follows it");
        }

        if (level.LastKey is { } last && last.AsSpan().SequenceCompareTo(key) >= 0)
        {
            throw new InvalidOperationException($"the key '{Encoding.UTF8.GetString(key)}' does not sort after '{Encoding.UTF8.GetString(last)}'");
        }

        level.LastKey = key.ToArray();
        level.HasPendingKey = true;
        WriteBytes(key);
        return this;
    }

    public BencodeWriter BeginDictionary() => Begin('d');

    public BencodeWriter BeginList() => Begin('l');

    /// <summary>Ends the innermost list or dictionary.</summary>
    public BencodeWriter End()
    {
        if (!_levels.TryPop(out Level? level) || level.HasPendingKey)
        {
            throw new InvalidOperationException("nothing is there to end, or a key has no value");
        }

        _text.Write("e"u8);
        EndValue();
        return this;
    }

    /// <summary>The finished value.</summary>
    public byte[] ToArray() => _isDone ? _text.WrittenSpan.ToArray() : throw new InvalidOperationException("the value is not complete");

    private BencodeWriter Begin(char kind)
    {
        BeginValue();
        if (_levels.Count == BencodeValidator.DepthMax)
        {
            throw new InvalidOperationException($"more than {BencodeValidator.DepthMax} levels");
        }

        _text.Write([(byte)kind]);
        _levels.Push(new Level { IsDictionary = kind == 'd' });
        return this;
    }

    private void BeginValue()
    {
        bool isExpected = _levels.TryPeek(out Level? level) ? !level.IsDictionary || level.HasPendingKey : !_isDone;
        if (!isExpected)
        {
            throw new InvalidOperationException("no value may stand here");
        }

        if (level is not null)
        {
            level.HasPendingKey = false;
        }
    }

    private void EndValue() => _isDone = _levels.Count == 0;

    private void WriteBytes(ReadOnlySpan<byte> value)
    {
        Span<byte> length = stackalloc byte[11];
        value.Length.TryFormat(length, out int digits, default, CultureInfo.InvariantCulture);
        length[digits] = (byte)':';
        _text.Write(length[..(digits + 1)]);
        _text.Write(value);
    }

    private sealed class Level
    {
        public bool IsDictionary { get; init; }

        public byte[]? LastKey { get; set; }

        public bool HasPendingKey { get; set; }
    }
}
