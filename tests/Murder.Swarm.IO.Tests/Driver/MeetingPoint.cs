using System.Net;

namespace Murder.Swarm.IO.Tests;

/// <summary>A tracker in memory: hands every member the others, all on 127.0.0.1.</summary>
internal sealed class MeetingPoint : IAnnouncer
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly Dictionary<PeerId, IPEndPoint> _members = [];
    private readonly List<AnnounceRequest> _announces = [];

    public IReadOnlyList<AnnounceRequest> Announces
    {
        get
        {
            lock (_gate)
            {
                return [.. _announces];
            }
        }
    }

    /// <summary>Adds a member that does not announce itself.</summary>
    public void Add(IPEndPoint endpoint)
    {
        lock (_gate)
        {
            _members[new PeerId(Guid.NewGuid().ToByteArray().Concat(new byte[4]).ToArray())] = endpoint;
        }
    }

    public Task<AnnounceAnswer?> AnnounceAsync(AnnounceRequest request, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _announces.Add(request);
            if (request.Event == AnnounceEvent.Stopped)
            {
                _members.Remove(request.Peer);
            }
            else
            {
                _members[request.Peer] = new IPEndPoint(IPAddress.Loopback, request.Port);
            }

            IPEndPoint[] others = [.. _members.Where(member => member.Key != request.Peer).Select(member => member.Value).Take(request.PeersWanted)];
            return Task.FromResult<AnnounceAnswer?>(new AnnounceAnswer(others, Interval));
        }
    }
}
