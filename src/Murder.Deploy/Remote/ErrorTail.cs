using System.Text;

namespace Murder.Deploy;

/// <summary>Keeps the end of what a process wrote to stderr. Thread-safe.</summary>
internal sealed class ErrorTail
{
    public const int BytesMax = 4096;

    private readonly Lock _lock = new();
    private byte[] _bytes = []; // most processes write nothing
    private int _length;

    public void Append(ReadOnlySpan<byte> text)
    {
        text = text.Length > BytesMax ? text[^BytesMax..] : text;
        lock (_lock)
        {
            Array.Resize(ref _bytes, BytesMax);
            int kept = Math.Min(_length, BytesMax - text.Length);
            _bytes.AsSpan(_length - kept, kept).CopyTo(_bytes);
            text.CopyTo(_bytes.AsSpan(kept));
            _length = kept + text.Length;
        }
    }

    public override string ToString()
    {
        lock (_lock)
        {
            return Encoding.UTF8.GetString(_bytes, 0, _length).Trim();
        }
    }
}
