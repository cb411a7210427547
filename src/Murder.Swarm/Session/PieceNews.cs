using System.Runtime.InteropServices;

namespace Murder.Swarm;

/// <summary>What we have, in the order in which it came, and whether it is time to show somebody what is new.</summary>
internal sealed class PieceNews(PieceLayout layout, SwarmOptions options, SendRate rate)
{
    private static readonly TimeSpan PieceTimeMax = TimeSpan.FromMilliseconds(50);

    private readonly List<int> _pieces = [];
    private readonly Queue<Instant> _showings = new(); // so late that what they lead to may still be on its way

    public int Count => _pieces.Count;

    /// <summary>
    /// How long a showing may take to be answered by a request: its way there and back, and half of what a piece takes to send. While
    /// somebody may be about to ask, an idle link is not worth a packet to everybody in turn.
    /// </summary>
    private TimeSpan AnswerTime => options.ShowTime + rate.TimeOf(layout.PieceLength / 2, PieceTimeMax);

    public void Add(int piece) => _pieces.Add(piece);

    /// <summary>What is new to who knows of the first so many.</summary>
    public ReadOnlySpan<int> After(int shown) => CollectionsMarshal.AsSpan(_pieces)[shown..];

    /// <summary>False while enough is asked of us, or is about to be.</summary>
    /// <param name="bytesAsked">what peers have asked for and were not yet sent</param>
    public bool IsToBeShown(long bytesAsked, Instant now)
    {
        while (_showings.TryPeek(out Instant first) && first + AnswerTime <= now)
        {
            _showings.Dequeue();
        }

        return bytesAsked + ((long)_showings.Count * layout.PieceLength) < rate.BytesEnough;
    }

    /// <summary>Somebody was shown what is new to him, and will ask, we suppose, for a piece of it.</summary>
    public void Shown(Instant now) => _showings.Enqueue(now);
}
