namespace Murder.Swarm;

/// <summary>Fetching: from a request to a stored piece.</summary>
public sealed partial class SwarmSession
{
    private readonly PieceAssembly?[] _assemblies;
    private readonly List<int> _cancelled = [];

    /// <summary>
    /// Fills the peer's pipe. Under a limit, what is asked for is limited: it comes back as fast as it was asked for, whoever sends it.
    /// To read slower than peers send would not do: what they sent already lies in the kernels' buffers, megabytes for each connection,
    /// has been on the wire, and holds up every message behind it.
    /// </summary>
    private void Ask(PeerState peer, Instant now)
    {
        if (!_isFetching || !peer.IsReady || peer.IsChokingUs || !peer.IsInterestingToUs || !_picker.IsToBeAsked(peer.Index))
        {
            return;
        }

        if (_picker.PausedUntil(peer.Index) is var pausedUntil && pausedUntil > now)
        {
            _timers.SetNoLater(SessionTimer.Refill, pausedUntil);
            return;
        }

        while (MayAskForMore(now) && _picker.TryPick(peer.Index, peer.RequestsMax, now, out BlockRef block))
        {
            _mayDownload?.Take(block.Length, now);
            Send(peer, PeerMessage.Request(block), now);
            _timers.SetNoLater(SessionTimer.Requests, now + _options.RequestTimeout);
        }

        while (_picker.TryTakeEvicted(out int evicted))
        {
            ReleaseAll(evicted);
        }

        if (_picker.IsEndGame)
        {
            _timers.SetNoLater(SessionTimer.Refill, now + (_options.EndGamePatience / 2));
        }
    }

    private bool MayAskForMore(Instant now)
    {
        if (_mayDownload?.Has(PieceLayout.BlockLength, now) != false)
        {
            return true;
        }

        _timers.SetNoLater(SessionTimer.Refill, _mayDownload.ReadyAt(PieceLayout.BlockLength));
        return false;
    }

    private void OnBlockReceived(in SwarmInput input, Instant now)
    {
        _downloadedBytes += input.Block.Length;
        if (FindReady(input.Slot) is not { } peer)
        {
            Waste(input.Block, input.Handle);
            return;
        }

        if (!_layout.IsBlock(input.Block))
        {
            Waste(input.Block, input.Handle);
            Close(peer, CloseReason.ProtocolError);
            return;
        }

        _downloadedBytesAcrossZones += peer.IsFar ? input.Block.Length : 0;
        peer.LastReceived = now;
        Receive(peer, input, now);
        Ask(peer, now);
    }

    private void Receive(PeerState peer, in SwarmInput input, Instant now)
    {
        bool isNeeded = _picker.Arrive(peer.Index, input.Block, now, _cancelled, out bool wasAsked);
        foreach (int other in _cancelled)
        {
            Send(_peers[other]!, PeerMessage.Cancel(input.Block), now);
        }

        if (!wasAsked && !_picker.TryPayAnswer(peer.Index))
        {
            _mayDownload?.Take(input.Block.Length, now); // nobody asked for it, but it came
            if (!IsOneOfFew(peer))
            {
                Close(peer, CloseReason.ProtocolError);
            }
        }

        if (isNeeded)
        {
            Keep(peer, input, now);
        }
        else
        {
            Waste(input.Block, input.Handle);
        }
    }

    private void Keep(PeerState peer, in SwarmInput input, Instant now)
    {
        BlockRef block = input.Block;
        PieceAssembly assembly = _assemblies[block.Piece] ??= new PieceAssembly(block.Piece, _layout.BlockCount(block.Piece));
        if (assembly.ProvenLeaves is { } proven && proven[block.Index] != input.Leaf)
        {
            _picker.Lose(block);
            Waste(block, input.Handle);
            Ban(peer.Identity, block, now);
            return;
        }

        assembly.Put(block.Index, input.Leaf, input.Handle, peer.Identity);
        if (assembly.HereCount == assembly.BlockCount)
        {
            OnPieceWhole(assembly, now);
        }
    }

    private void OnPieceWhole(PieceAssembly assembly, Instant now)
    {
        int piece = assembly.Piece;
        bool isOnlyPiece = _layout.PieceCountOf(_layout.FileOf(piece)) == 1;
        if (MerkleTree.PieceRoot(assembly.Leaves, _layout.BlocksPerPiece, isOnlyPiece) == _metainfo.PieceHash(piece))
        {
            _assemblies[piece] = null;
            _picker.BeginStore(piece);
            Put(SwarmOutput.StorePiece(piece, assembly.Handles));
        }
        else
        {
            Blame(assembly, now);
        }
    }

    private void OnPieceStored(int piece, Instant now)
    {
        if (!_stored.Add(piece))
        {
            return;
        }

        _verifiedBytes += _layout.SizeOf(piece);
        _picker.EndStore(piece);
        if (_isStopped)
        {
            return; // it was being written when we left: it counts, and nobody is told
        }

        Put(SwarmOutput.PieceCompleted(piece));
        _news.Add(piece);
        _mayShow = true;
        _mayAskAll = true; // there is room to begin another piece
        if (_stored.IsFull)
        {
            OnTorrentCompleted(now);
        }
    }

    private void OnTorrentCompleted(Instant now)
    {
        _isFetching = false;
        Put(SwarmOutput.TorrentCompleted());
        if (_isStopping)
        {
            return;
        }

        TryTellOrigins(now); // before they hear that we are complete, and close
        AnnounceCompletion();
        foreach (PeerState? peer in _peers.ToArray())
        {
            if (peer is not { IsReady: true })
            {
                continue;
            }

            if (peer.IsUploadOnly || _picker.IsSeed(peer.Index))
            {
                Close(peer, CloseReason.NothingToDo);
                continue;
            }

            SendExtensionHandshake(peer, now);
            UpdateInterest(peer, now);
        }
    }

    /// <summary>Nothing is fetched any more; every buffer that is held is given back.</summary>
    private void StopFetching()
    {
        _isFetching = false;
        foreach (PeerState? peer in _peers)
        {
            if (peer is { IsReady: true })
            {
                _picker.ReleaseRequests(peer.Index);
            }
        }

        _hunts.Clear();
        for (int piece = 0; piece < _assemblies.Length; piece++)
        {
            if (_picker.IsOpen(piece))
            {
                ReleaseAll(piece);
                _picker.GiveUp(piece);
            }
        }
    }

    /// <summary>Gives back every buffer of a piece that will be fetched again, or not at all.</summary>
    private void ReleaseAll(int piece)
    {
        if (_assemblies[piece] is not { } assembly)
        {
            return;
        }

        _assemblies[piece] = null;
        for (int block = 0; block < assembly.BlockCount; block++)
        {
            if (assembly.IsHere(block))
            {
                Waste(_layout.Block(piece, block), assembly.Take(block));
            }
        }
    }

    private void Waste(BlockRef block, int handle)
    {
        _wastedBytes += block.Length;
        Put(SwarmOutput.ReleaseBlock(handle));
    }
}
