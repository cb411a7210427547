using System.Text;

namespace Murder.PeerHost;

/// <summary>The end of what a command said, on stdout and stderr in the order it came; not thread-safe.</summary>
internal sealed class HookOutput
{
    public const int BytesKeptMax = 16 * 1024;

    private const int LinesToldMax = 10;
    private const int CharsToldMax = 2000;

    private readonly byte[] _kept = new byte[BytesKeptMax];
    private int _length;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[^Math.Min(bytes.Length, BytesKeptMax)..];
        int stays = Math.Min(_length, BytesKeptMax - bytes.Length);
        _kept.AsSpan(_length - stays, stays).CopyTo(_kept);
        bytes.CopyTo(_kept.AsSpan(stays));
        _length = stays + bytes.Length;
    }

    /// <summary>As one line that a person can read: without control characters, the lines that were with " / " between them.</summary>
    public string LastLines()
    {
        IEnumerable<string> lines = Encoding.UTF8.GetString(_kept, 0, _length).Split('\n').Select(Printable).Where(line => line.Length > 0);
        string told = string.Join(" / ", lines.TakeLast(LinesToldMax));
        return told.Length <= CharsToldMax ? told : "…" + told[^CharsToldMax..];
    }

    private static string Printable(string line) => string.Concat(line.Where(character => !char.IsControl(character))).Trim();
}
