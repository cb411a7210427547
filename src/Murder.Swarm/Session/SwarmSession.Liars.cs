namespace Murder.Swarm;

/// <summary>A piece is whole and its hash is wrong: find out who lied, keep what is right, fetch the rest again.</summary>
public sealed partial class SwarmSession
{
    private readonly List<LiarHunt> _hunts = []; // by order of beginning; at most one a piece, and pieces begun are bounded

    private void Blame(PieceAssembly assembly, Instant now)
    {
        if (assembly.OnlySender() is { } liar)
        {
            // Nobody else can be to blame. A piece of one block always ends here.
            FetchAgain(assembly.Piece);
            Ban(liar, _layout.Block(assembly.Piece, 0), now);
            return;
        }

        _hunts.Add(new LiarHunt(_metainfo, assembly.Piece));
    }

    /// <summary>Asks somebody wherever nobody is being asked; gives the piece up where nobody is left to ask.</summary>
    private void PursueLiars(Instant now)
    {
        for (int at = _hunts.Count - 1; at >= 0; at--)
        {
            LiarHunt hunt = _hunts[at];
            if (hunt.Asked is not null)
            {
                continue;
            }

            if (FindWitness(hunt) is { } witness)
            {
                hunt.Ask(witness.Identity, now + _options.RequestTimeout);
                AskForLeaves(hunt, witness, now);
            }
            else
            {
                _hunts.RemoveAt(at);
                FetchAgain(hunt.Piece);
            }
        }
    }

    /// <summary>A peer that has the piece: best one that did not send any of it, then a seed, then the lowest slot.</summary>
    private PeerState? FindWitness(LiarHunt hunt)
    {
        PeerState? best = null;
        int bestRank = int.MaxValue;
        foreach (PeerState? peer in _peers)
        {
            if (peer is not { IsReady: true } || !_picker.Has(peer.Index, hunt.Piece) || hunt.HasAsked(peer.Identity))
            {
                continue;
            }

            int rank = (_assemblies[hunt.Piece]!.IsSentBy(peer.Identity) ? 2 : 0) + (_picker.IsSeed(peer.Index) ? 0 : 1);
            if (rank < bestRank)
            {
                (best, bestRank) = (peer, rank);
            }
        }

        return best;
    }

    private void AskForLeaves(LiarHunt hunt, PeerState witness, Instant now)
    {
        _timers.SetNoLater(SessionTimer.Hunts, hunt.Deadline);
        Send(witness, PeerMessage.HashRequest(hunt.Request), now);
    }

    private LiarHunt? FindHunt(PeerState peer, HashRequest request) =>
        _hunts.Find(hunt => hunt.Asked == peer.Identity && hunt.Request == request);

    private bool OnHashes(PeerState peer, in HashRequest request, ReadOnlySpan<Hash256> hashes, Instant now)
    {
        if (FindHunt(peer, request) is not { } hunt)
        {
            return IsOneOfFew(peer); // late
        }

        if (!hunt.TryProve(hashes, _layout.BlockCount(hunt.Piece), now + _options.RequestTimeout))
        {
            hunt.GiveUpOnPeer();
            Ban(peer.Identity, _layout.Block(hunt.Piece, 0), now);
        }
        else if (hunt.IsSolved)
        {
            _hunts.Remove(hunt);
            Convict(_assemblies[hunt.Piece]!, hunt.Leaves, now);
        }
        else
        {
            AskForLeaves(hunt, peer, now);
        }

        return true;
    }

    private bool OnHashReject(PeerState peer, in HashRequest request)
    {
        if (FindHunt(peer, request) is not { } hunt)
        {
            return IsOneOfFew(peer);
        }

        hunt.GiveUpOnPeer();
        return true;
    }

    /// <summary>Bans exactly the senders of wrong blocks, keeps the right ones, and has the wrong ones fetched again.</summary>
    private void Convict(PieceAssembly assembly, Hash256[] leaves, Instant now)
    {
        assembly.ProvenLeaves = leaves;
        for (int index = 0; index < assembly.BlockCount; index++)
        {
            if (assembly.Leaves[index] != leaves[index])
            {
                BlockRef block = _layout.Block(assembly.Piece, index);
                PeerIdentity liar = assembly.SenderOf(index);
                Waste(block, assembly.Take(index));
                _picker.Lose(block);
                Ban(liar, block, now);
            }
        }

        _mayAskAll = true;
    }

    private void FetchAgain(int piece)
    {
        ReleaseAll(piece);
        _picker.GiveUp(piece);
        _mayAskAll = true;
    }

    private void DropHuntsOf(PeerState peer)
    {
        foreach (LiarHunt hunt in _hunts)
        {
            if (hunt.Asked == peer.Identity)
            {
                hunt.GiveUpOnPeer();
            }
        }
    }

    private void DropOverdueHunts(Instant now)
    {
        foreach (LiarHunt hunt in _hunts)
        {
            if (hunt.Asked is not null && hunt.Deadline <= now)
            {
                hunt.GiveUpOnPeer();
            }
            else if (hunt.Asked is not null)
            {
                _timers.SetNoLater(SessionTimer.Hunts, hunt.Deadline);
            }
        }
    }
}
