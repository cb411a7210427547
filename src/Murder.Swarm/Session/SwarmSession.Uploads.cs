namespace Murder.Swarm;

/// <summary>Serving: every request of a fast peer gets exactly one answer (BEP 6), a block or a reject.</summary>
public sealed partial class SwarmSession
{
    private static readonly TimeSpan SendPatienceMax = TimeSpan.FromSeconds(1);

    private readonly int[] _blocksAsked; // of us, by piece
    private long _requestsTaken;

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

        peer.Uploads.Add(block, OrderOf(block));
        _mayServe = true;
        return true;
    }

    private long OrderOf(BlockRef block)
    {
        int copies = _blocksAsked[block.Piece]++ / _layout.BlockCount(block.Piece);
        return _requestsTaken++ + ((long)_options.RequestsBeforeCopy * Math.Min(copies, _options.CopiesCountedMax));
    }

    private bool OnCancel(PeerState peer, BlockRef block, Instant now)
    {
        if (peer.Uploads.Cancel(block))
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
        _mayServe |= peer.Uploads.TryFinish(now);
    }

    /// <summary>
    /// Blocks leave in the order in which they were asked for, whoever asked, but for pieces that fewer were sent, which go ahead; and few
    /// at a time: peers ask for a piece at once, so pieces become whole one after the other, and their takers pass them on. Were all that
    /// wait on their way together, all would be late.
    /// </summary>
    private void Serve(Instant now)
    {
        _mayServe = false;
        int sending = 0;
        foreach (PeerState? peer in _peers)
        {
            sending += peer is { IsReady: true } && !IsSlowToTake(peer, now) ? peer.Uploads.SendingCount : 0;
        }

        while (FindFirstWaiting() is { } first)
        {
            if (sending >= _options.BlocksInSendMax)
            {
                _timers.SetNoLater(SessionTimer.Serve, now + SendPatience);
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
            BlockRef block = first.Uploads.Send(now);
            _mayUpload?.Take(block.Length, now);
            Put(SwarmOutput.SendBlock(first.Slot, block));
        }
    }

    /// <summary>Whose turn it is of those who may be sent more; null when there is nobody.</summary>
    private PeerState? FindFirstWaiting()
    {
        PeerState? first = null;
        foreach (PeerState? peer in _peers)
        {
            if (peer is { IsReady: true, Uploads.WaitingCount: > 0 } && peer.Uploads.SendingCount < _options.BlocksInSendPerPeerMax
                && (first is null || peer.Uploads.FirstOrder < first.Uploads.FirstOrder))
            {
                first = peer;
            }
        }

        return first;
    }

    /// <summary>A peer that takes nothing must not keep others from being sent to.</summary>
    private bool IsSlowToTake(PeerState peer, Instant now) => peer.Uploads.SendingCount > 0 && now - peer.Uploads.LastProgress >= SendPatience;

    /// <summary>Four times what all that is under way takes: by then it was everybody's turn, unless he takes nothing.</summary>
    private TimeSpan SendPatience => _options.SendPatience + _sendRate.TimeOf(4L * _options.BlocksInSendMax * PieceLayout.BlockLength, SendPatienceMax);

    private void Choke(PeerState peer, Instant now)
    {
        peer.IsChokedByUs = true;
        peer.ChokeSince = now;
        Send(peer, PeerMessage.Choke, now); // BEP 6: before the rejects, so that none is asked for again
        while (peer.Uploads.TryTake(out BlockRef block))
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
