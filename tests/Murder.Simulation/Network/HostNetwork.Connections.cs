using System.Net;
using Murder.Swarm;

namespace Murder.Simulation;

/// <summary>From the wish to connect to the end of this end. An end has a place of its own to the end of the run: there are some hundred at most.</summary>
internal sealed partial class HostNetwork
{
    /// <summary>As the real driver's: a host that is silent counts as failed after this long.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    public void Open(SimulatedHost accepter)
    {
        int end = AddEnd(accepter, otherEnd: -1);
        host.Send(accepter, host.Now.Ticks + _ends[end].LatencyTicks, EventKind.ConnectArrives, host.Index, end);
    }

    public void OnConnectArrives(SimulatedHost opener, int openersEnd)
    {
        long now = host.Now.Ticks;
        long back = simulation.LatencyTicks(host, opener);
        if (host.IsSilent || simulation.IsCut(now, host.Zone, opener.Zone))
        {
            host.Send(opener, now - back + ConnectTimeout.Ticks, EventKind.ConnectFails, openersEnd);
        }
        else if (!host.Accepts)
        {
            host.Send(opener, now + back, EventKind.ConnectFails, openersEnd);
        }
        else
        {
            int end = AddEnd(opener, openersEnd);
            host.Send(opener, now + back, EventKind.ConnectIsAnswered, openersEnd, end);
            OpenEnd(end, opener.OutgoingEndpoint, isOutgoing: false);
        }
    }

    public void OnConnectIsAnswered(int end, int acceptersEnd)
    {
        _ends[end].OtherEnd = acceptersEnd;
        if (host.IsAlive)
        {
            OpenEnd(end, simulation.Hosts[_ends[end].OtherHost].Endpoint, isOutgoing: true);
        }
        else
        {
            _ends[end].State = EndState.Gone;
        }
    }

    public void OnConnectFails(int end)
    {
        _ends[end].State = EndState.Gone;
        if (host.IsAlive)
        {
            host.Tell(SwarmInput.ConnectFailed(simulation.Hosts[_ends[end].OtherHost].Endpoint));
            host.CarryOutAll();
        }
    }

    /// <summary>By order of the session: the other side hears of it after what was sent before; what still waits is dropped.</summary>
    public void Close(int end, CloseReason reason)
    {
        if (_ends[end].State != EndState.Open)
        {
            return;
        }

        _ends[end].Reason = reason;
        Shut(end);
        host.At(host.Now.Ticks, EventKind.EndCloses, end);
    }

    public void OnEndCloses(int end)
    {
        Lose(end, _ends[end].Reason);
        host.CarryOutAll();
    }

    /// <summary>The process that has these ends is gone. When its machine still runs, the other sides are told.</summary>
    public void Abandon(bool isSilent)
    {
        for (int end = 0; end < _endCount; end++)
        {
            if (_ends[end].State == EndState.Open && !isSilent)
            {
                Shut(end);
            }

            if (_ends[end].State != EndState.Connecting)
            {
                _ends[end].Waiting.Clear(_packets);
                _ends[end].State = EndState.Gone;
            }
        }
    }

    private void Shut(int end)
    {
        _ends[end].Waiting.Clear(_packets);
        Launch(end, _packets.Add(PacketKind.End));
        _ends[end].State = EndState.Shut;
    }

    private void OpenEnd(int end, IPEndPoint endpoint, bool isOutgoing)
    {
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
        if (host.IsAlive)
        {
            host.FreeSlot(_ends[end].Slot);
            host.Tell(SwarmInput.PeerLost(_ends[end].Slot, reason));
        }
    }

    private int AddEnd(SimulatedHost other, int otherEnd)
    {
        if (_endCount == _ends.Length)
        {
            Array.Resize(ref _ends, 2 * _endCount);
        }

        _ends[_endCount] = new ConnectionEnd
        {
            OtherHost = other.Index,
            OtherEnd = otherEnd,
            LatencyTicks = simulation.LatencyTicks(host, other),
            IsAcrossZones = other.Zone != host.Zone,
            NextInRing = -1,
        };
        return _endCount++;
    }
}
