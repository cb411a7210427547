using System.Diagnostics;
using Murder.Swarm;

namespace Murder.Simulation;

/// <summary>
/// Many shipped sessions and the shipped tracker in a world of events: one thread, one clock, one seed, from which every fault, every
/// start and every session's own chance derive. The second driver of <see cref="SwarmSession"/>, beside the one with sockets.
/// <para>The processors' time is not modelled: what a host computes takes no simulated time.</para>
/// </summary>
public sealed class Simulation
{
    internal const int ListenPort = 6881;
    internal const int SeederIndex = 0;

    private readonly EventQueue _events = new();
    private readonly SimulatedHost[] _hosts;
    private readonly long[] _closes = new long[Enum.GetValues<CloseReason>().Length];
    private long _eventCount;
    private long _inputCount;
    private int _awaited; // hosts that can complete and have not

    public Simulation(Scenario scenario)
    {
        SwarmRandom seeds = new(scenario.Seed);
        Scenario = scenario;
        Payload = new FakePayload(scenario.SizeBytes, scenario.PieceLength);
        InfoHash = Payload.Metainfo.InfoHash.Truncated();
        Random = new SwarmRandom(seeds.Next());
        Timeline = scenario.TimelineInterval > TimeSpan.Zero ? new Timeline(scenario.TimelineInterval) : null;
        Network = new SimulatedNetwork(this);
        Tracker = new SimulatedTracker(this, seeds.Next());
        _hosts = new SimulatedHost[scenario.Hosts + 1];
        HostHealth[] healths = Faults.Draw(scenario, new SwarmRandom(seeds.Next()));
        int pieces = Payload.Layout.PieceCount;
        for (int index = 0; index < _hosts.Length; index++)
        {
            int zone = index == SeederIndex ? 0 : (int)((long)(index - 1) * scenario.Zones / scenario.Hosts);
            Bitfield stored = index == SeederIndex ? Bitfield.Full(pieces) : new Bitfield(pieces);
            _hosts[index] = new SimulatedHost(this, index, zone, healths[index], Faults.LinkOf(healths[index], scenario), stored, seeds.Next());
        }

        Tracker.AddSeeder(_hosts[SeederIndex]);
        ScheduleLives();
    }

    public Scenario Scenario { get; }

    internal FakePayload Payload { get; }

    internal ReadOnlyMemory<byte> InfoHash { get; }

    internal SwarmRandom Random { get; }

    internal TraceHash Trace { get; } = new();

    /// <summary>Null unless the scenario asks for one.</summary>
    internal Timeline? Timeline { get; }

    internal SimulatedNetwork Network { get; }

    internal SimulatedTracker Tracker { get; }

    internal IReadOnlyList<SimulatedHost> Hosts => _hosts;

    internal Instant Now { get; private set; }

    internal long PartitionEnd => (Scenario.PartitionAt + Scenario.PartitionTime).Ticks;

    /// <summary>Runs until everybody who can complete has, or the scenario's time is over.</summary>
    public SimulationReport Run()
    {
        long began = Stopwatch.GetTimestamp();
        while (_awaited > 0 && _events.TryTake(out SimulationEvent next) && next.Ticks <= Scenario.TimeMax.Ticks)
        {
            Timeline?.PassTo(next.Ticks, this);
            Now = new Instant(next.Ticks);
            Happen(next);
        }

        return SimulationReport.Of(this, Stopwatch.GetElapsedTime(began), _eventCount, _inputCount, _closes);
    }

    internal void At(long ticks, EventKind kind, int target, int argument = 0) => _events.Add(ticks, kind, target, argument);

    internal void CountInput(SwarmSession session)
    {
        _inputCount++;
        if (Scenario.InvariantsEvery > 0 && _inputCount % Scenario.InvariantsEvery == 0)
        {
            session.CheckInvariants();
        }
    }

    internal void CountClose(CloseReason reason) => _closes[(int)reason]++;

    internal void OnCompleted(SimulatedHost host) => _awaited -= Faults.IsToComplete(host.Health) ? 1 : 0;

    internal long LatencyTicks(SimulatedHost from, SimulatedHost to) =>
        (from.Zone != to.Zone ? Scenario.LatencyAcrossZones : from.Rack != to.Rack ? Scenario.LatencyInZone : Scenario.LatencyInRack).Ticks;

    /// <summary>True while the partition keeps the two apart.</summary>
    internal bool IsCut(SimulatedHost one, SimulatedHost other) =>
        Now.Ticks >= Scenario.PartitionAt.Ticks && Now.Ticks < PartitionEnd
        && (2 * one.Zone < Scenario.Zones) != (2 * other.Zone < Scenario.Zones);

    private void ScheduleLives()
    {
        At(0, EventKind.HostStarts, SeederIndex);
        At(PartitionEnd, EventKind.PartitionHeals, 0);
        long death = 2 * Scenario.Bound.Ticks;
        foreach (SimulatedHost host in _hosts.AsSpan(1))
        {
            _awaited += Faults.IsToComplete(host.Health) ? 1 : 0;
            At(Random.Next((int)Scenario.StartSpread.Ticks + 1), EventKind.HostStarts, host.Index);
            if (host.Health is HostHealth.Crashes or HostHealth.LosesPower)
            {
                At((long)(Random.Next(1 << 30) / (double)(1 << 30) * death), EventKind.HostDies, host.Index);
            }
        }
    }

    private void Happen(in SimulationEvent next)
    {
        _eventCount++;
        Trace.Add(next.Ticks);
        Trace.Add(((long)next.Kind << 56) | ((long)next.Argument << 32) | (uint)next.Target);
        switch (next.Kind)
        {
            case EventKind.HostStarts:
                _hosts[next.Target].Start();
                break;
            case EventKind.TimeoutComes:
                _hosts[next.Target].OnTimeoutComes(next.Ticks);
                break;
            case EventKind.UplinkIsFree:
                Network.OnUplinkIsFree(_hosts[next.Target]);
                break;
            case EventKind.PacketArrives:
                Network.OnPacketArrives(next.Target);
                break;
            case EventKind.ConnectArrives:
                Network.OnConnectArrives(next.Target);
                break;
            case EventKind.ConnectIsAnswered:
                Network.OnConnectIsAnswered(next.Target);
                break;
            case EventKind.ConnectFails:
                Network.OnConnectFails(next.Target);
                break;
            case EventKind.EndCloses:
                Network.OnEndCloses(next.Target);
                break;
            case EventKind.PieceIsStored:
                _hosts[next.Target].OnPieceIsStored(next.Argument);
                break;
            case EventKind.LeavesAreLoaded:
                _hosts[next.Target].OnLeavesAreLoaded();
                break;
            case EventKind.AnnounceArrives:
                Tracker.OnAnnounceArrives(_hosts[next.Target], (AnnounceEvent)next.Argument);
                break;
            case EventKind.AnnounceIsAnswered:
                _hosts[next.Target].OnAnnounceIsAnswered();
                break;
            case EventKind.HostDies:
                _hosts[next.Target].Die();
                break;
            case EventKind.PartitionHeals:
                Network.OnPartitionHeals();
                break;
        }
    }
}
