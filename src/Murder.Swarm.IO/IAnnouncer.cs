using System.Net;

namespace Murder.Swarm.IO;

/// <summary>The tracker as a swarm member sees it.</summary>
public interface IAnnouncer
{
    /// <summary>Why the last announce that has ended brought nothing; null when it did.</summary>
    string? LastFailure => null;

    /// <summary>Tells the tracker and returns what it answers; null when it could not be reached or refused.</summary>
    Task<AnnounceAnswer?> AnnounceAsync(AnnounceRequest request, CancellationToken cancellationToken);
}

/// <summary>Where other peers listen, and when to announce again.</summary>
public sealed record AnnounceAnswer(IReadOnlyList<IPEndPoint> Peers, TimeSpan Interval);
