using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Murder.Swarm;

namespace Murder.Simulation;

/// <summary>
/// Many shipped sessions and the shipped tracker in a world of events: one seed, from which every fault, every start and every session's
/// own chance derive. The second driver of <see cref="SwarmSession"/>, beside the one with sockets. Threads share the hosts
/// (<see cref="Shard"/>); their number changes nothing in what happens.
/// <para>The processors' time is not modelled: what a host computes takes no simulated time.</para>
/// </summary>
public sealed class Simulation
{
    internal const int ListenPort = 6881;
    internal const int SeederIndex = 0;

    private readonly SimulatedHost[] _hosts;
    private readonly HostLink[] _links;
    private readonly Shard[] _shards;
    private readonly long _windowTicks;
    private readonly long[] _closes = new long[Enum.GetValues<CloseReason>().Length];
    private long _windowEnd; // 0 once the run is over
    private int _awaited; // hosts that can complete and have not
    private Exception? _failure;

    public Simulation(Scenario scenario)
    {
        SwarmRandom seeds = new(scenario.Seed);
        Scenario = scenario;
        Payload = new FakePayload(scenario.SizeBytes, scenario.PieceLength);
        InfoHash = Payload.Metainfo.InfoHash.Truncated();
        SwarmRandom random = new(seeds.Next());
        Timeline = scenario.TimelineInterval > TimeSpan.Zero ? new Timeline(scenario.TimelineInterval) : null;
        Tracker = new SimulatedTracker(this, seeds.Next());
        _windowTicks = Math.Max(1, new[] { scenario.LatencyInRack, scenario.LatencyInZone, scenario.LatencyAcrossZones }.Min().Ticks);
        _hosts = new SimulatedHost[scenario.Hosts + 1];
        _links = new HostLink[_hosts.Length];
        _shards = [.. Enumerable.Range(0, Math.Min(scenario.Threads, _hosts.Length)).Select(MakeShard)];
        HostHealth[] healths = Faults.Draw(scenario, new SwarmRandom(seeds.Next()));
        int pieces = Payload.Layout.PieceCount;
        for (int index = 0; index < _hosts.Length; index++)
        {
            int zone = index == SeederIndex ? 0 : (int)((long)(index - 1) * scenario.Zones / scenario.Hosts);
            Bitfield stored = index == SeederIndex ? Bitfield.Full(pieces) : new Bitfield(pieces);
            _links[index] = Faults.LinkOf(healths[index], scenario);
            _hosts[index] = new SimulatedHost(this, _shards[ShardOf(index)], index, zone, healths[index], stored, seeds.Next());
        }

        Tracker.AddSeeder(_hosts[SeederIndex]);
        ScheduleLives(random);
    }

    public Scenario Scenario { get; }

    internal FakePayload Payload { get; }

    internal ReadOnlyMemory<byte> InfoHash { get; }

    /// <summary>Null unless the scenario asks for one.</summary>
    internal Timeline? Timeline { get; }

    internal SimulatedTracker Tracker { get; }

    internal SimulatedHost[] Hosts => _hosts;

    internal long PartitionEnd => (Scenario.PartitionAt + Scenario.PartitionTime).Ticks;

    /// <summary>Runs until everybody who can complete has, or the scenario's time is over.</summary>
    public SimulationReport Run()
    {
        long began = Stopwatch.GetTimestamp();
        using Barrier handedOver = new(_shards.Length, _ => PlanWindow());
        using Barrier ran = new(_shards.Length);
        Thread[] others = [.. Enumerable.Range(1, _shards.Length - 1).Select(number => new Thread(() => RunShard(number, handedOver, ran)))];
        Array.ForEach(others, thread => thread.Start());
        RunShard(0, handedOver, ran);
        Array.ForEach(others, thread => thread.Join());
        if (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
        }

        return SimulationReport.Of(this, Stopwatch.GetElapsedTime(began), _closes);
    }

    internal int ShardOf(int host) => (int)((long)host * _shards.Length / _hosts.Length);

    internal HostLink LinkOf(int host) => _links[host];

    internal void CountClose(CloseReason reason) => Interlocked.Increment(ref _closes[(int)reason]);

    internal void OnCompleted(SimulatedHost host)
    {
        if (Faults.IsToComplete(host.Health))
        {
            Interlocked.Decrement(ref _awaited);
        }
    }

    internal long LatencyTicks(SimulatedHost from, SimulatedHost to) =>
        (from.Zone != to.Zone ? Scenario.LatencyAcrossZones : from.Rack != to.Rack ? Scenario.LatencyInZone : Scenario.LatencyInRack).Ticks;

    /// <summary>True while the partition keeps the two zones apart.</summary>
    internal bool IsCut(long ticks, int one, int other) =>
        ticks < PartitionEnd && ticks >= Scenario.PartitionAt.Ticks && (2 * one < Scenario.Zones) != (2 * other < Scenario.Zones);

    private Shard MakeShard(int number, int _)
    {
        int shards = Math.Min(Scenario.Threads, _hosts.Length);
        int first = (int)((((long)number * _hosts.Length) + shards - 1) / shards); // the first of whom ShardOf says so
        int end = (int)((((long)(number + 1) * _hosts.Length) + shards - 1) / shards);
        return new Shard(_hosts, first, end - first, shards);
    }

    private void ScheduleLives(SwarmRandom random)
    {
        _hosts[SeederIndex].At(0, EventKind.HostStarts);
        long death = 2 * Scenario.Bound.Ticks;
        foreach (SimulatedHost host in _hosts.AsSpan(1))
        {
            _awaited += Faults.IsToComplete(host.Health) ? 1 : 0;
            host.At(random.Next((int)Scenario.StartSpread.Ticks + 1), EventKind.HostStarts);
            if (host.Health is HostHealth.Crashes or HostHealth.LosesPower)
            {
                host.At((long)(random.Next(1 << 30) / (double)(1 << 30) * death), EventKind.HostDies);
            }
        }

        Array.ForEach(_shards, shard => shard.Begin());
    }

    private void RunShard(int number, Barrier handedOver, Barrier ran)
    {
        Shard shard = _shards[number];
        while (true)
        {
            shard.TakeIn(_shards, number);
            handedOver.SignalAndWait();
            if (_windowEnd == 0)
            {
                return;
            }

            try
            {
                shard.Run(_windowEnd);
            }
            catch (Exception e) // a broken invariant, mostly: all threads end together, then it is thrown again
            {
                Interlocked.CompareExchange(ref _failure, e, null);
            }

            ran.SignalAndWait();
        }
    }

    /// <summary>By one thread, while the others wait.</summary>
    private void PlanWindow()
    {
        long next = _shards.Min(shard => shard.NextTicks);
        Timeline?.PassTo(next, this);
        _windowEnd = _awaited == 0 || _failure is not null || next > Scenario.TimeMax.Ticks ? 0 : next + _windowTicks;
    }
}
