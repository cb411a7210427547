namespace Murder.Swarm;

/// <summary>What happens because time has passed, and what is agreed with the tracker.</summary>
public sealed partial class SwarmSession
{
    private readonly List<BlockRef> _overdue = [];

    /// <summary>Call once after construction, and whenever <see cref="NextTimeout"/> has come; at any other time nothing is due, and it only looks whether there is something to say.</summary>
    public void HandleTimeout(Instant now)
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            if (_stored.IsFull)
            {
                Put(SwarmOutput.TorrentCompleted());
            }
        }

        if (_timers.TryExpire(SessionTimer.Announce, now) && _announces.TryBegin() is { } told)
        {
            Put(SwarmOutput.Announce(told));
        }

        _mayConnect |= _timers.TryExpire(SessionTimer.Connect, now);
        _mayAskAll |= _timers.TryExpire(SessionTimer.Refill, now);
        if (_timers.TryExpire(SessionTimer.Peers, now))
        {
            CheckPeers(now);
        }

        if (_timers.TryExpire(SessionTimer.Requests, now))
        {
            TakeBackOverdue(now);
        }

        if (_timers.TryExpire(SessionTimer.Hunts, now))
        {
            DropOverdueHunts(now);
        }

        _mayServe |= _timers.TryExpire(SessionTimer.Serve, now);
        _timers.TryExpire(SessionTimer.Show, now);
        if (_timers.TryExpire(SessionTimer.Spread, now))
        {
            _timers.Set(SessionTimer.Spread, _spread!.TakeBackStalled(now));
        }

        if (_timers.TryExpire(SessionTimer.Rechoke, now))
        {
            Rechoke(rotate: true, now);
        }

        if (_timers.TryExpire(SessionTimer.Stop, now))
        {
            FinishStop();
        }

        Settle(now);
    }

    private void CheckPeers(Instant now)
    {
        foreach (PeerState? peer in _peers.ToArray())
        {
            if (peer is null or { IsClosing: true })
            {
                continue;
            }

            Instant end = peer.IsReady ? peer.LastReceived + _options.PeerTimeout : peer.ConnectedAt + _options.HandshakeTimeout;
            if (end <= now)
            {
                Close(peer, CloseReason.TimedOut);
                continue;
            }

            if (peer.IsReady && peer.LastSent + _options.KeepAliveInterval <= now)
            {
                Send(peer, PeerMessage.KeepAlive, now);
            }

            _timers.SetNoLater(SessionTimer.Peers, end);
            if (peer.IsReady)
            {
                _timers.SetNoLater(SessionTimer.Peers, peer.LastSent + _options.KeepAliveInterval);
            }
        }
    }

    private void TakeBackOverdue(Instant now)
    {
        while (_picker.TryTakeOverdue(now, _overdue, out int index))
        {
            foreach (BlockRef block in _overdue)
            {
                Send(_peers[index]!, PeerMessage.Cancel(block), now);
            }

            _mayAskAll = true;
        }

        _timers.Set(SessionTimer.Requests, _picker.NextDeadline());
    }

    private void OnTrackerAnswered(in SwarmInput input, Instant now)
    {
        foreach (System.Net.IPEndPoint endpoint in input.Endpoints!)
        {
            if (!_book.IsBanned(endpoint))
            {
                _book.Add(endpoint);
            }
        }

        SetAnnounceTimer(_announces.Answered(input.Interval, now));
        _mayConnect = true;
    }

    private void OnPeersFound(in SwarmInput input)
    {
        foreach (System.Net.IPEndPoint endpoint in input.Endpoints!)
        {
            _book.Renew(endpoint);
        }

        _mayConnect = true;
    }

    private void SetAnnounceTimer(Instant at)
    {
        if (!_isStopping)
        {
            _timers.Set(SessionTimer.Announce, at);
        }
    }

    private void AnnounceCompletion()
    {
        if (_announces.Complete() && _announces.TryBegin() is { } told)
        {
            _timers.Set(SessionTimer.Announce, null);
            Put(SwarmOutput.Announce(told));
        }
    }

    private void OnStopRequested(Instant now)
    {
        if (_isStopping)
        {
            return;
        }

        Put(SwarmOutput.Announce(AnnounceEvent.Stopped));
        StopFetching();
        foreach (PeerState? peer in _peers.ToArray())
        {
            if (peer is not null)
            {
                Close(peer, CloseReason.Stopping);
            }
        }

        _isStopping = true;
        _timers.Clear();
        _timers.Set(SessionTimer.Stop, now + _options.StopTimeout);
    }

    private void TryFinishStop()
    {
        if (!_peers.Exists(peer => peer is not null))
        {
            FinishStop();
        }
    }

    private void FinishStop()
    {
        if (!_isStopped)
        {
            _isStopped = true;
            _timers.Clear();
            Put(SwarmOutput.Stopped());
        }
    }
}
