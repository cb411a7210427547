using System.Net;
using Murder.Swarm;

namespace Murder.Simulation;

/// <summary>From the wish to connect to the end of both ends.</summary>
internal sealed partial class SimulatedNetwork
{
    /// <summary>As the real driver's: a host that is silent counts as failed after this long.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    public void Open(SimulatedHost opener, SimulatedHost accepter)
    {
        int link = TakeLink();
        long latency = simulation.LatencyTicks(opener, accepter);
        _ends[2 * link] = new ConnectionEnd { Host = opener.Index, State = EndState.Connecting, NextInRing = -1, LatencyTicks = latency };
        _ends[(2 * link) + 1] = new ConnectionEnd { Host = accepter.Index, State = EndState.Connecting, NextInRing = -1, LatencyTicks = latency };
        simulation.At(simulation.Now.Ticks + latency, EventKind.ConnectArrives, link);
    }

    public void OnConnectArrives(int link)
    {
        int end = (2 * link) + 1;
        SimulatedHost opener = Hosts[_ends[2 * link].Host];
        SimulatedHost accepter = Hosts[_ends[end].Host];
        long back = simulation.LatencyTicks(opener, accepter);
        if (accepter.IsSilent || IsCut(end))
        {
            simulation.At(simulation.Now.Ticks - back + ConnectTimeout.Ticks, EventKind.ConnectFails, link);
        }
        else if (!accepter.Accepts)
        {
            simulation.At(simulation.Now.Ticks + back, EventKind.ConnectFails, link);
        }
        else
        {
            simulation.At(simulation.Now.Ticks + back, EventKind.ConnectIsAnswered, link);
            OpenEnd(end, opener.OutgoingEndpoint, isOutgoing: false);
        }
    }

    public void OnConnectIsAnswered(int link)
    {
        SimulatedHost opener = Hosts[_ends[2 * link].Host];
        if (opener.IsAlive)
        {
            OpenEnd(2 * link, Hosts[_ends[(2 * link) + 1].Host].Endpoint, isOutgoing: true);
        }
        else
        {
            _ends[2 * link].State = EndState.Gone;
        }
    }

    public void OnConnectFails(int link)
    {
        SimulatedHost opener = Hosts[_ends[2 * link].Host];
        IPEndPoint endpoint = Hosts[_ends[(2 * link) + 1].Host].Endpoint;
        _ends[2 * link].State = EndState.Gone;
        _ends[(2 * link) + 1].State = EndState.Gone;
        TryFree(2 * link);
        if (opener.IsAlive)
        {
            opener.Tell(SwarmInput.ConnectFailed(endpoint));
            opener.CarryOutAll();
        }
    }

    /// <summary>By order of the end's own session: the other side hears of it after what was sent before; what still waits is dropped.</summary>
    public void Close(int end, CloseReason reason)
    {
        if (_ends[end].State != EndState.Open)
        {
            return;
        }

        _ends[end].Reason = reason;
        Shut(end);
        simulation.At(simulation.Now.Ticks, EventKind.EndCloses, end);
    }

    public void OnEndCloses(int end)
    {
        Lose(end, _ends[end].Reason);
        Hosts[_ends[end].Host].CarryOutAll();
        TryFree(end);
    }

    /// <summary>The process that has this end is gone. When its machine still runs, the other side is told.</summary>
    public void Abandon(int end, bool isSilent)
    {
        if (_ends[end].State == EndState.Open && !isSilent)
        {
            Shut(end);
        }

        _ends[end].Waiting.Clear(_packets);
        _ends[end].State = EndState.Gone;
    }

    private void Shut(int end)
    {
        _ends[end].Waiting.Clear(_packets);
        Launch(end, _packets.Add(PacketKind.End));
        _ends[end].State = EndState.Shut;
    }

    private void OpenEnd(int end, IPEndPoint endpoint, bool isOutgoing)
    {
        SimulatedHost host = Hosts[_ends[end].Host];
        _ends[end].Slot = host.TakeSlot(end);
        _ends[end].State = EndState.Open;
        host.Tell(SwarmInput.PeerConnected(_ends[end].Slot, endpoint, isOutgoing));
        host.CarryOutAll();
    }

    private void Lose(int end, CloseReason reason)
    {
        if (_ends[end].State == EndState.Gone)
        {
            return;
        }

        _ends[end].Waiting.Clear(_packets);
        _ends[end].State = EndState.Gone;
        SimulatedHost host = Hosts[_ends[end].Host];
        if (host.IsAlive)
        {
            host.FreeSlot(_ends[end].Slot);
            host.Tell(SwarmInput.PeerLost(_ends[end].Slot, reason));
        }
    }

    private int TakeLink()
    {
        if (_freeLinks.TryPop(out int link))
        {
            return link;
        }

        if (_endCount == _ends.Length)
        {
            Array.Resize(ref _ends, 2 * _endCount);
        }

        _endCount += 2;
        return (_endCount / 2) - 1;
    }

    /// <summary>A link is used again once nothing in the world speaks of it.</summary>
    private void TryFree(int end)
    {
        if (IsIdle(_ends[end]) && IsIdle(_ends[end ^ 1]))
        {
            _ends[end].State = _ends[end ^ 1].State = EndState.Connecting;
            _freeLinks.Push(end / 2);
        }
    }

    private static bool IsIdle(in ConnectionEnd end) => end is { State: EndState.Gone, IsInRing: false } && end.UnderWay.IsEmpty;
}
