using System.Buffers;
using System.Globalization;
using System.Text;

namespace Murder.Swarm;

/// <summary>
/// Writes canonical bencoding. Who writes keys out of order, a key without a value or an end too many has a bug, and is told so by an
/// <see cref="InvalidOperationException"/>: this writer cannot make a text that <see cref="BencodeReader"/> refuses.
/// </summary>
/// <param name="capacity">bytes that the text will have, about</param>
public sealed class BencodeWriter(int capacity = 256)
{
    private readonly ArrayBufferWriter<byte> _text = new(capacity);
    private readonly Level[] _levels = new Level[BencodeValidator.DepthMax];
    private int _depth;
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

    /// <summary>Writes the key as UTF-8.</summary>
    public BencodeWriter WriteKey(ReadOnlySpan<char> key)
    {
        const int OnStackMax = 1024;
        int length = Encoding.UTF8.GetByteCount(key);
        Span<byte> bytes = length <= OnStackMax ? stackalloc byte[OnStackMax] : new byte[length];
        return WriteKey(bytes[..Encoding.UTF8.GetBytes(key, bytes)]);
    }

    public BencodeWriter WriteKey(ReadOnlySpan<byte> key)
    {
        if (_depth == 0 || !_levels[_depth - 1].IsDictionary || _levels[_depth - 1].HasPendingKey)
        {
            throw new InvalidOperationException("a key stands in a dictionary, and its value follows it");
        }

        ref Level level = ref _levels[_depth - 1];
        ReadOnlySpan<byte> last = _text.WrittenSpan.Slice(level.KeyStart, level.KeyLength);
        if (level.HasKey && last.SequenceCompareTo(key) >= 0)
        {
            throw new InvalidOperationException($"the key '{Encoding.UTF8.GetString(key)}' does not sort after '{Encoding.UTF8.GetString(last)}'");
        }

        WriteBytes(key);
        (level.HasKey, level.HasPendingKey, level.KeyStart, level.KeyLength) = (true, true, _text.WrittenCount - key.Length, key.Length);
        return this;
    }

    public BencodeWriter BeginDictionary() => Begin('d');

    public BencodeWriter BeginList() => Begin('l');

    /// <summary>Ends the innermost list or dictionary.</summary>
    public BencodeWriter End()
    {
        if (_depth == 0 || _levels[_depth - 1].HasPendingKey)
        {
            throw new InvalidOperationException("nothing is there to end, or a key has no value");
        }

        _depth--;
        _text.Write("e"u8);
        EndValue();
        return this;
    }

    /// <summary>The finished value.</summary>
    public byte[] ToArray() => ToMemory().ToArray();

    /// <summary>The finished value where it was written. The writer is not to be used any more.</summary>
    public ReadOnlyMemory<byte> ToMemory() => _isDone ? _text.WrittenMemory : throw new InvalidOperationException("the value is not complete");

    private BencodeWriter Begin(char kind)
    {
        BeginValue();
        if (_depth == _levels.Length)
        {
            throw new InvalidOperationException($"more than {BencodeValidator.DepthMax} levels");
        }

        _text.Write([(byte)kind]);
        _levels[_depth++] = new Level { IsDictionary = kind == 'd' };
        return this;
    }

    private void BeginValue()
    {
        bool isExpected = _depth > 0 ? !_levels[_depth - 1].IsDictionary || _levels[_depth - 1].HasPendingKey : !_isDone;
        if (!isExpected)
        {
            throw new InvalidOperationException("no value may stand here");
        }

        if (_depth > 0)
        {
            _levels[_depth - 1].HasPendingKey = false;
        }
    }

    private void EndValue() => _isDone = _depth == 0;

    private void WriteBytes(ReadOnlySpan<byte> value)
    {
        Span<byte> length = stackalloc byte[11];
        value.Length.TryFormat(length, out int digits, default, CultureInfo.InvariantCulture);
        length[digits] = (byte)':';
        _text.Write(length[..(digits + 1)]);
        _text.Write(value);
    }

    /// <summary>A list or dictionary that has begun; the last key is remembered by where it stands.</summary>
    private struct Level
    {
        public bool IsDictionary;
        public bool HasKey;
        public bool HasPendingKey;
        public int KeyStart;
        public int KeyLength;
    }
}
