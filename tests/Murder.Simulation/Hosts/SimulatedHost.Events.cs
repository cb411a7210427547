using Murder.Swarm;

namespace Murder.Simulation;

/// <summary>What happens to the host, in order: its own clock runs from one event to the next.</summary>
internal sealed partial class SimulatedHost
{
    private readonly EventHeap _events = new();

    public Instant Now { get; private set; }

    public TraceHash Trace { get; } = new();

    public long EventCount { get; private set; }

    public long InputCount { get; private set; }

    /// <summary>When the next thing happens; never when nothing will by itself.</summary>
    public long NextTicks => _events.NextTicks;

    public void At(long ticks, EventKind kind, int target = 0, int argument = 0) => _events.Add(ticks, kind, target, argument);

    /// <summary>
    /// Something comes from another host. What comes at the same instant comes in random order: links of one rate fall into step, and were the
    /// order always that of the hosts, the first of them would be served first by everybody, all the time.
    /// </summary>
    public void ArriveAt(long ticks, EventKind kind, int target, int argument = 0) =>
        _events.Add(ticks, kind, target, argument, 1 + Random.Next(SimulationEvent.TurnsMax - 1));

    /// <summary>Lets something happen to another host: not sooner than the network's least latency from now.</summary>
    public void Send(SimulatedHost to, long ticks, EventKind kind, int target = 0, int argument = 0)
    {
        if (to == this)
        {
            At(ticks, kind, target, argument);
            return;
        }

        _shard.Send(_simulation.ShardOf(to.Index)) = new Dispatch { ToHost = to.Index, Kind = kind, Target = target, Argument = argument, Packet = new Packet { ArrivesAt = ticks } };
    }

    public void TakeIn(in Dispatch dispatch)
    {
        if (dispatch.Kind == EventKind.PacketArrives)
        {
            Network.TakeIn(dispatch.Target, dispatch.Packet, dispatch.Aside);
        }
        else
        {
            ArriveAt(dispatch.Packet.ArrivesAt, dispatch.Kind, dispatch.Target, dispatch.Argument);
        }
    }

    public void Run(long endTicks)
    {
        while (_events.NextTicks < endTicks)
        {
            SimulationEvent next = _events.Take();
            Now = new Instant(next.Ticks);
            EventCount++;
            Trace.Add(next.Ticks);
            Trace.Add(((long)next.Kind << 56) | ((long)next.Argument << 32) | (uint)next.Target);
            Happen(next);
        }
    }

    private void Happen(in SimulationEvent next)
    {
        switch (next.Kind)
        {
            case EventKind.HostStarts:
                Start();
                break;
            case EventKind.TimeoutComes:
                OnTimeoutComes(next.Ticks);
                break;
            case EventKind.UplinkIsFree:
                Network.OnUplinkIsFree();
                break;
            case EventKind.PacketArrives:
                Network.OnPacketArrives(next.Target);
                break;
            case EventKind.ConnectArrives:
                Network.OnConnectArrives(_simulation.Hosts[next.Target], next.Argument);
                break;
            case EventKind.ConnectIsAnswered:
                Network.OnConnectIsAnswered(next.Target, next.Argument);
                break;
            case EventKind.ConnectFails:
                Network.OnConnectFails(next.Target);
                break;
            case EventKind.EndCloses:
                Network.OnEndCloses(next.Target);
                break;
            case EventKind.PieceIsStored:
                TellNow(SwarmInput.PieceStored(next.Target));
                break;
            case EventKind.LeavesAreLoaded:
                OnLeavesAreLoaded();
                break;
            case EventKind.AnnounceArrives:
                _simulation.Tracker.OnAnnounceArrives(_simulation.Hosts[next.Target], Now);
                break;
            case EventKind.AnnounceIsAnswered:
                OnAnnounceIsAnswered();
                break;
            case EventKind.HostDies:
                IsDead = true;
                Network.Abandon(IsSilent);
                break;
            case EventKind.PartitionHeals:
                Network.OnPartitionHeals();
                break;
        }
    }
}
