using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Murder.Swarm.Tests;

/// <summary>
/// Many sessions in memory on a simulated clock. Events happen in the order of (time, sequence); latency, uplinks and faults derive
/// from one seed. Messages pass through the codec; a block is its reference, its leaf and a counted handle.
/// </summary>
internal sealed class TestSwarm
{
    private readonly PriorityQueue<Action, (long Ticks, long Sequence)> _events = new();
    private readonly IncrementalHash _trace = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _sequence;

    public TestSwarm(TestMetainfo metainfo, ulong seed)
    {
        Metainfo = metainfo;
        Seed = seed;
        Random = new SwarmRandom(seed);
    }

    public TestMetainfo Metainfo { get; }

    public ulong Seed { get; }

    public SwarmRandom Random { get; }

    public List<TestMember> Members { get; } = [];

    public Instant Now { get; private set; } = new(0);

    public long Inputs { get; private set; }

    /// <summary>Invariants are checked after each so many inputs.</summary>
    public int InvariantsEvery { get; init; } = 1;

    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(1);

    public TimeSpan AnnounceInterval { get; init; } = TimeSpan.FromSeconds(2);

    public IEnumerable<TestMember> Honest => Members.Where(member => !member.IsLiar && !member.IsGone);

    public TestMember AddSeed(SwarmOptions? options = null) => Add(Bitfield.Full(Metainfo.Layout.PieceCount), options);

    public TestMember AddLeech(SwarmOptions? options = null) => Add(new Bitfield(Metainfo.Layout.PieceCount), options);

    public TestMember Add(Bitfield stored, SwarmOptions? options)
    {
        TestMember member = new(this, Members.Count, stored, options ?? SwarmOptions.Default);
        Members.Add(member);
        At(TimeSpan.Zero, member.Start);
        return member;
    }

    public void At(TimeSpan delay, Action action) => AtInstant(Now + delay, action);

    public void AtInstant(Instant instant, Action action) => _events.Enqueue(action, (instant.Ticks, _sequence++));

    /// <summary>Runs until the condition holds; false when it does not within so much simulated time.</summary>
    public bool RunUntil(Func<bool> condition, TimeSpan timeMax)
    {
        Instant end = Now + timeMax;
        while (!condition())
        {
            if (!_events.TryPeek(out _, out (long Ticks, long) next) || next.Ticks > end.Ticks)
            {
                return false;
            }

            Now = new Instant(next.Ticks);
            _events.Dequeue()();
        }

        return true;
    }

    public bool RunUntilComplete(TimeSpan? timeMax = null) =>
        RunUntil(() => Honest.All(member => member.IsComplete), timeMax ?? TimeSpan.FromMinutes(10));

    public string TraceHash() => Convert.ToHexStringLower(_trace.GetCurrentHash());

    public string Describe() => $"seed {Seed}, at {new TimeSpan(Now.Ticks)}, {Inputs} inputs: " + string.Join(", ", Members.Select(member => member.ToString()));

    public IEnumerable<IPEndPoint> Peers(TestMember asking)
    {
        List<IPEndPoint> peers = [.. Members.Where(member => member != asking && member.IsAnnounced && !member.IsGone).Select(member => member.Endpoint)];
        while (peers.Count > 50)
        {
            peers.RemoveAt(Random.Next(peers.Count));
        }

        return peers;
    }

    public void Trace(TestMember member, in SwarmOutput output)
    {
        string handles = string.Join(',', output.Handles.ToArray());
        string hashes = string.Join(',', output.Message.Hashes.ToArray());
        string payload = Convert.ToHexString(output.Message.Payload.Span);
        _trace.AppendData(Encoding.UTF8.GetBytes($"{Now.Ticks} {member.Index} {output} {handles} {hashes} {payload}\n"));
    }

    public void CountInput(SwarmSession session)
    {
        if (++Inputs % InvariantsEvery == 0)
        {
            session.CheckInvariants();
        }
    }
}
