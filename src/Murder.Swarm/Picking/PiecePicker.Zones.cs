namespace Murder.Swarm;

/// <summary>
/// Peers of other zones are asked only for what no peer at hand has: every piece comes into the zone by the few who meet it first, and goes
/// on from them. Preferring peers at hand is not enough: a piece is asked for as soon as one peer has it, and half the time that one is far.
/// <para>
/// Who has not said where it is, as the deployer's seeder, may be asked for anything and keeps nobody from asking elsewhere; nor does a peer
/// at hand that is silent. In the end game, slow blocks are asked of whoever has them.
/// </para>
/// </summary>
internal sealed partial class PiecePicker
{
    private Bitfield? _atHand; // pieces that a peer at hand has; null while no peer is far
    private Bitfield? _useful; // of the far peer that is looked at

    /// <summary>The peer has said that it is in our zone, or in another.</summary>
    public void SetNear(int peer, bool isNear)
    {
        Peer(peer).IsNear = isNear;
        if (!isNear)
        {
            _atHand ??= new Bitfield(_layout.PieceCount);
            _useful ??= new Bitfield(_layout.PieceCount);
        }

        LookAtHand();
    }

    /// <summary>What the peer may be asked for, as far as zones go.</summary>
    private Bitfield UsefulOf(PickerPeer peer)
    {
        if (peer.IsNear != false)
        {
            return peer.Has;
        }

        _useful!.SetTo(peer.Has, without: _atHand!);
        return _useful;
    }

    private void SetSilent(PickerPeer peer, bool isSilent)
    {
        if (peer.IsSilent != isSilent)
        {
            peer.IsSilent = isSilent;
            LookAtHand();
        }
    }

    /// <summary>Looks at all peers anew: somebody who was at hand may be so no longer.</summary>
    private void LookAtHand()
    {
        if (_atHand is null)
        {
            return;
        }

        _atHand.Clear();
        foreach (PickerPeer? peer in _peers)
        {
            if (peer is { IsAtHand: true })
            {
                _atHand.AddAll(peer.Has);
            }
        }

        _releases++; // what was of no use to ask far peers for may be now
    }
}
