using Murder.PeerHost.Contract;

namespace Murder.PeerHost;

/// <summary>Counts differences and keeps the first by path, so that neither memory nor the line that tells them grows with what somebody did to a release.</summary>
internal sealed class DifferenceList
{
    /// <summary>A person mends a release as a whole; these say what became of it.</summary>
    public const int KeptMax = 20;

    private const int CharsMax = 200;

    private readonly SortedSet<ReleaseDifference> _first = new(Comparer<ReleaseDifference>.Create(Compare));
    private long _count;

    public void Add(ReleaseDifference difference)
    {
        _count++;
        _first.Add(difference);
        if (_first.Count > KeptMax)
        {
            _first.Remove(_first.Max!);
        }
    }

    public ReleaseVerification ToVerification() => new([.. _first.Select(difference => difference with { Path = Printable(difference.Path), Text = Printable(difference.Text) })], _count, Obstacle: null);

    private static int Compare(ReleaseDifference one, ReleaseDifference other) =>
        string.CompareOrdinal(one.Path, other.Path) is var byPath and not 0 ? byPath : one.Kind.CompareTo(other.Kind);

    /// <summary>Names that a release never has may be anything: a line feed in one would make a second line of a log.</summary>
    private static string Printable(string text)
    {
        string plain = string.Concat(text.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
        return plain.Length <= CharsMax ? plain : "…" + plain[^CharsMax..];
    }
}
