using System.Net;

namespace Murder.Swarm;

/// <summary>Connections: from opened to closed, and who is never spoken to again.</summary>
public sealed partial class SwarmSession
{
    private void OnPeerConnected(in SwarmInput input, Instant now)
    {
        if ((uint)input.Slot.Index < (uint)_peers.Count && _peers[input.Slot.Index] is { } earlier)
        {
            Forget(earlier, now);
        }

        while (_peers.Count <= input.Slot.Index)
        {
            _peers.Add(null);
        }

        PeerState peer = new(input.Slot, input.Endpoint!, input.IsOutgoing, now);
        int open = _peers.Count(other => other is { IsClosing: false });
        _peers[input.Slot.Index] = peer;
        if (peer.IsOutgoing)
        {
            _book.Connected(peer.Endpoint);
        }

        if (_isStopping || _book.IsBanned(peer.Endpoint) || open >= _options.PeersMax)
        {
            Close(peer, _isStopping ? CloseReason.Stopping : open >= _options.PeersMax ? CloseReason.TooManyPeers : CloseReason.Banned);
            return;
        }

        _timers.SetNoLater(SessionTimer.Peers, now + _options.HandshakeTimeout);
        if (peer.IsOutgoing)
        {
            Put(SwarmOutput.SendHandshake(peer.Slot));
        }
    }

    private void OnHandshake(in SwarmInput input, Instant now)
    {
        if (Find(input.Slot) is not { IsClosing: false } peer)
        {
            return;
        }

        Handshake handshake = input.Handshake!;
        if (RefusalOf(peer, handshake) is { } refusal)
        {
            Close(peer, refusal);
            return;
        }

        peer.Identity.Id = handshake.Peer;
        if (FindDuplicate(peer, out PeerState? loser))
        {
            Close(loser!, CloseReason.Duplicate);
            if (loser == peer)
            {
                return;
            }
        }

        Welcome(peer, handshake, now);
    }

    private CloseReason? RefusalOf(PeerState peer, Handshake handshake)
    {
        if (peer.IsReady)
        {
            return CloseReason.ProtocolError; // a second handshake
        }

        if (!_metainfo.InfoHash.MatchesTruncated(handshake.InfoHash.Span))
        {
            return CloseReason.HandshakeMismatch;
        }

        if (handshake.Peer == _self)
        {
            if (peer.IsOutgoing)
            {
                _book.NeverAgain(peer.Endpoint);
            }

            return CloseReason.Duplicate;
        }

        if (!_book.IsBanned(handshake.Peer))
        {
            return null;
        }

        if (peer.IsOutgoing)
        {
            _book.NeverAgain(peer.Endpoint);
        }

        return CloseReason.Banned;
    }

    /// <summary>
    /// The same peer is connected already. Of two crossing connections both sides keep the one that the smaller id opened. Of two in the
    /// same direction the opener closes the later one; the other side waits for that, or for the earlier one to be found dead.
    /// </summary>
    private bool FindDuplicate(PeerState peer, out PeerState? loser)
    {
        loser = null;
        foreach (PeerState? other in _peers)
        {
            if (other is { IsReady: true } && other.Identity.Id == peer.Identity.Id)
            {
                bool keepsOutgoing = _self < peer.Identity.Id;
                loser = other.IsOutgoing == peer.IsOutgoing
                    ? (peer.IsOutgoing ? peer : null)
                    : (peer.IsOutgoing == keepsOutgoing ? other : peer);
                return loser is not null;
            }
        }

        return false;
    }

    private void Welcome(PeerState peer, Handshake handshake, Instant now)
    {
        peer.IsReady = true;
        peer.SupportsFast = handshake.SupportsFast;
        peer.SupportsExtensions = handshake.SupportsExtensions;
        peer.LastReceived = now;
        _picker.AddPeer(peer.Index);
        _spread?.AddPeer(peer.Index, now);
        if (!peer.IsOutgoing)
        {
            Put(SwarmOutput.SendHandshake(peer.Slot));
        }

        // BEP 6: exactly one of the three comes right after the handshake. BEP 3: who has nothing may say nothing.
        bool showsNothing = _isHiding || _stored.Count == 0;
        if (peer.SupportsFast && (_stored.IsFull || showsNothing))
        {
            Send(peer, showsNothing ? PeerMessage.HaveNone : PeerMessage.HaveAll, now);
        }
        else if (!showsNothing)
        {
            Send(peer, PeerMessage.Bitfield(_stored.ToWire()), now);
        }

        peer.NewsShown = _isHiding ? 0 : _news.Count;
        _mayShow = true;
        SendExtensionHandshake(peer, now);
        _mustRechoke = true;
        _timers.SetNoLater(SessionTimer.Peers, now + _options.KeepAliveInterval);
    }

    private void SendExtensionHandshake(PeerState peer, Instant now)
    {
        if (peer.SupportsExtensions)
        {
            ExtensionHandshake told = new(_options.ListenPort, _options.RequestsQueuedPerPeerMax, IsUploadOnly: _stored.IsFull, _options.Zone);
            Send(peer, PeerMessage.Extended(0, told.ToPayload()), now);
        }
    }

    private void Close(PeerState peer, CloseReason reason)
    {
        if (!peer.IsClosing)
        {
            Retire(peer);
            Put(SwarmOutput.CloseConnection(peer.Slot, reason));
        }
    }

    private void OnPeerLost(in SwarmInput input, Instant now)
    {
        if (Find(input.Slot) is { } peer)
        {
            Forget(peer, now);
        }
    }

    /// <summary>The connection is gone: its slot is free.</summary>
    private void Forget(PeerState peer, Instant now)
    {
        Retire(peer);
        _peers[peer.Index] = null;
        if (peer.IsOutgoing || peer.Identity.ListenEndpoint is not null)
        {
            IPEndPoint endpoint = peer.IsOutgoing ? peer.Endpoint : peer.Identity.ListenEndpoint!;
            bool wasOfUse = peer.Identity.Id != default;
            _book.Disconnected(endpoint, wasOfUse ? peer.Identity.Id : null, wasOfUse, peer.WasSeed, now);
        }

        _mayConnect = true;
    }

    /// <summary>Nothing that the peer says counts from here on, and what it was asked for may be asked of others.</summary>
    private void Retire(PeerState peer)
    {
        if (peer.IsReady)
        {
            peer.WasSeed = _picker.IsSeed(peer.Index);
            _mayDownload?.Return(_picker.BytesAskedOf(peer.Index));
            _picker.RemovePeer(peer.Index);
            _uploads.Leave(peer);
            _spread?.RemovePeer(peer.Index);
            peer.IsReady = false;
            _mayAskAll = true;
            _mustRechoke = true;
            _mayServe = true;
            DropHuntsOf(peer);
        }

        peer.IsClosing = true;
    }

    private void Ban(PeerIdentity liar, BlockRef block, Instant now)
    {
        if (liar.IsBanned)
        {
            return;
        }

        liar.IsBanned = true;
        _peersBanned++;
        _book.Ban(liar);
        Put(SwarmOutput.PeerBanned(liar.Endpoint, block));
        foreach (PeerState? peer in _peers.ToArray())
        {
            if (peer is { IsClosing: false } && (peer.Identity == liar || (peer.IsReady && peer.Identity.Id == liar.Id)))
            {
                Close(peer, CloseReason.SentCorruptData);
            }
        }
    }
}
