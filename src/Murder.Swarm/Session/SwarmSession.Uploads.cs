namespace Murder.Swarm;

/// <summary>Serving: every request of a fast peer gets exactly one answer (BEP 6), a block or a reject.</summary>
public sealed partial class SwarmSession
{
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

        peer.Uploads.Add(block);
        SendBlocks(peer, now);
        return true;
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
        if (FindReady(input.Slot) is not { } peer)
        {
            return;
        }

        _spread?.Sent(peer.Index, input.Block, now);
        if (peer.Uploads.TryFinish())
        {
            SendBlocks(peer, now);
        }
    }

    private void SendBlocks(PeerState peer, Instant now)
    {
        while (peer.Uploads.TrySend(_options.BlocksInSendPerPeerMax, out BlockRef block))
        {
            peer.LastSent = now;
            _firstUploadAt ??= now;
            Put(SwarmOutput.SendBlock(peer.Slot, block));
        }
    }

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
