namespace Murder.Swarm;

/// <summary>Serving: every request of a fast peer gets exactly one answer (BEP 6), a block or a reject.</summary>
public sealed partial class SwarmSession
{
    private readonly UploadLine _uploads;

    private bool TryFollowRequest(PeerState peer, BlockRef block, Instant now)
    {
        if (!_layout.IsBlock(block) && !_layout.IsPaddedBlock(block))
        {
            return false; // BEP 3: beyond 16 KiB, or outside the torrent
        }

        if (peer.IsChokedByUs || !_stored[block.Piece] || peer.Uploads.WaitingCount >= _options.RequestsQueuedPerPeerMax)
        {
            Reject(peer, block, now);
            return true;
        }

        _uploads.Add(peer, block);
        _mayServe = true;
        return true;
    }

    private bool OnCancel(PeerState peer, BlockRef block, Instant now)
    {
        if (_uploads.Cancel(peer, block))
        {
            Reject(peer, block, now);
        }

        return true;
    }

    private void OnBlockSent(in SwarmInput input, Instant now)
    {
        _uploadedBytes += input.Block.Length;
        _sendRate.Add(input.Block.Length, now);
        if (FindReady(input.Slot) is not { } peer)
        {
            return;
        }

        _spread?.Sent(peer.Index, input.Block, now);
        _mayServe |= _uploads.TryFinish(peer, now);
    }

    /// <summary>
    /// Blocks leave in the order in which they were asked for, whoever asked, but for pieces that fewer were sent, which go ahead; and few
    /// at a time: peers ask for a piece at once, so pieces become whole one after the other, and their takers pass them on. Were all that
    /// wait on their way together, all would be late.
    /// </summary>
    private void Serve(Instant now)
    {
        _mayServe = false;
        int sending = _uploads.CountUnderWay(now);
        while (_uploads.FindFirst() is { } first)
        {
            if (sending >= _options.BlocksInSendMax)
            {
                _timers.SetNoLater(SessionTimer.Serve, now + _uploads.Patience);
                return;
            }

            if (_mayUpload?.Has(PieceLayout.BlockLength, now) == false)
            {
                _timers.SetNoLater(SessionTimer.Serve, _mayUpload.ReadyAt(PieceLayout.BlockLength));
                return;
            }

            sending++;
            first.LastSent = now;
            _firstUploadAt ??= now;
            BlockRef block = _uploads.Send(first, now);
            _mayUpload?.Take(block.Length, now);
            Put(SwarmOutput.SendBlock(first.Slot, block));
        }
    }

    private void Choke(PeerState peer, Instant now)
    {
        peer.IsChokedByUs = true;
        peer.ChokeSince = now;
        Send(peer, PeerMessage.Choke, now); // BEP 6: before the rejects, so that none is asked for again
        while (_uploads.TryTake(peer, out BlockRef block))
        {
            Reject(peer, block, now);
        }
    }

    private void Reject(PeerState peer, BlockRef block, Instant now)
    {
        if (peer.SupportsFast)
        {
            Send(peer, PeerMessage.RejectRequest(block), now);
        }
    }

    private bool OnHashRequest(PeerState peer, in HashRequest request, Instant now)
    {
        if (!_hashes.TryAnswer(request, _stored, out Hash256[]? hashes, out HashRequest load)
            || (hashes is null && peer.LeafLoads.Count >= _options.LeafLoadsPerPeerMax))
        {
            Send(peer, PeerMessage.HashReject(request), now);
        }
        else if (hashes is not null)
        {
            Send(peer, PeerMessage.HashesOf(request, hashes), now);
        }
        else
        {
            peer.LeafLoads.Add((load, request));
            Put(SwarmOutput.LoadLeaves(peer.Slot, load));
        }

        return true;
    }

    private void OnLeavesLoaded(in SwarmInput input, Instant now)
    {
        HashRequest loaded = input.Hash;
        if (FindReady(input.Slot) is not { } peer || peer.LeafLoads.FindIndex(waiting => waiting.Load == loaded) is var at && at < 0)
        {
            return;
        }

        HashRequest request = peer.LeafLoads[at].Request;
        peer.LeafLoads.RemoveAt(at);
        Hash256[]? hashes = _hashes.FromLeaves(request, loaded, input.Leaves.Span);
        Send(peer, hashes is null ? PeerMessage.HashReject(request) : PeerMessage.HashesOf(request, hashes), now);
    }
}
