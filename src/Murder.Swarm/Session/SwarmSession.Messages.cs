using System.Net;

namespace Murder.Swarm;

/// <summary>What peers say: one method a message. Whoever breaks the protocol is closed.</summary>
public sealed partial class SwarmSession
{
    private void OnMessage(in SwarmInput input, Instant now)
    {
        if (Find(input.Slot) is not { IsClosing: false } peer)
        {
            return;
        }

        if (!peer.IsReady || !TryFollow(peer, input.Message, now))
        {
            Close(peer, CloseReason.ProtocolError);
            return;
        }

        peer.LastReceived = now;
    }

    /// <summary>False when the peer broke the protocol.</summary>
    private bool TryFollow(PeerState peer, in PeerMessage message, Instant now)
    {
        switch (message.Type)
        {
            case PeerMessageType.Choke:
                return OnChoke(peer);
            case PeerMessageType.Unchoke:
                return OnUnchoke(peer);
            case PeerMessageType.Interested:
                return OnInterest(peer, true, now);
            case PeerMessageType.NotInterested:
                return OnInterest(peer, false, now);
            case PeerMessageType.Have:
                return TryFollowHave(peer, message.Piece, now);
            case PeerMessageType.Bitfield:
                return Bitfield.TryFromWire(message.Payload.Span, _layout.PieceCount, out Bitfield has) && TryFollowPieces(peer, has, now);
            case PeerMessageType.HaveAll:
                return peer.SupportsFast && TryFollowPieces(peer, Bitfield.Full(_layout.PieceCount), now);
            case PeerMessageType.HaveNone:
                return peer.SupportsFast && TryFollowPieces(peer, new Bitfield(_layout.PieceCount), now);
            case PeerMessageType.SuggestPiece or PeerMessageType.AllowedFast:
                return peer.SupportsFast && (uint)message.Piece < (uint)_layout.PieceCount; // advice, not taken
            case PeerMessageType.Request:
                return TryFollowRequest(peer, message.Block, now);
            case PeerMessageType.Cancel:
                return OnCancel(peer, message.Block, now);
            case PeerMessageType.RejectRequest:
                return peer.SupportsFast && TryFollowReject(peer, message.Block, now);
            case PeerMessageType.Extended:
                return OnExtended(peer, message);
            case PeerMessageType.HashRequest:
                return OnHashRequest(peer, message.Hash, now);
            case PeerMessageType.Hashes:
                return OnHashes(peer, message.Hash, message.Hashes.Span, now);
            case PeerMessageType.HashReject:
                return OnHashReject(peer, message.Hash);
            default:
                return message.Type == PeerMessageType.KeepAlive;
        }
    }

    private bool OnChoke(PeerState peer)
    {
        peer.IsChokingUs = true;
        _mayAskAll = true; // others have a larger share now
        if (!peer.SupportsFast)
        {
            _picker.ReleaseRequests(peer.Index); // BEP 6 instead rejects each one
        }

        return true;
    }

    private bool OnUnchoke(PeerState peer)
    {
        peer.IsChokingUs = false;
        _mayAskAll = true;
        return true;
    }

    private bool OnInterest(PeerState peer, bool isInterested, Instant now)
    {
        if (peer.IsInterestedInUs != isInterested)
        {
            peer.IsInterestedInUs = isInterested;
            peer.WasInterested |= isInterested;
            peer.ChokeSince = peer.IsChokedByUs ? now : peer.ChokeSince;
            _mustRechoke = true;
        }

        return true;
    }

    private bool TryFollowHave(PeerState peer, int piece, Instant now)
    {
        if ((uint)piece >= (uint)_layout.PieceCount)
        {
            return false;
        }

        peer.HasToldPieces = true;
        if (_picker.AddHas(peer.Index, piece))
        {
            _spread?.SetOut(piece);
            LookAtPieces(peer, now);
        }

        return true;
    }

    private bool TryFollowPieces(PeerState peer, Bitfield has, Instant now)
    {
        if (peer.HasToldPieces)
        {
            return false;
        }

        peer.HasToldPieces = true;
        _picker.SetHas(peer.Index, has);
        for (int piece = has.NextCommon(has, 0); _spread is not null && piece >= 0; piece = has.NextCommon(has, piece + 1))
        {
            _spread.SetOut(piece);
        }

        LookAtPieces(peer, now);
        return true;
    }

    /// <summary>The peer has more than before.</summary>
    private void LookAtPieces(PeerState peer, Instant now)
    {
        if (_picker.IsSeed(peer.Index) && _stored.IsFull)
        {
            Close(peer, CloseReason.NothingToDo);
            return;
        }

        UpdateInterest(peer, now);
        Ask(peer, now);
    }

    /// <summary>Once interested we stay so to the end: interest that came and went with every piece would be most of what is said.</summary>
    private void UpdateInterest(PeerState peer, Instant now)
    {
        bool isInteresting = _isFetching && (peer.IsInterestingToUs || _picker.Wants(peer.Index));
        if (isInteresting != peer.IsInterestingToUs)
        {
            peer.IsInterestingToUs = isInteresting;
            Send(peer, isInteresting ? PeerMessage.Interested : PeerMessage.NotInterested, now);
            _mayAskAll |= !peer.IsChokingUs; // who serves us has changed, and so has everybody's share
        }
    }

    private bool TryFollowReject(PeerState peer, BlockRef block, Instant now)
    {
        if (!_picker.Reject(peer.Index, block, now, pause: !peer.IsChokingUs) && !_picker.TryPayAnswer(peer.Index))
        {
            return IsOneOfFew(peer);
        }

        _mayDownload?.Return(Math.Min(block.Length, PieceLayout.BlockLength)); // the peer says how long it was, and a block is no longer
        _mayAskAll = true;
        return true;
    }

    /// <summary>An answer came that nothing is waiting for: owed to a cancelled request, or one of a bounded number without a reason.</summary>
    private bool IsTolerable(PeerState peer) => _picker.TryPayAnswer(peer.Index) || IsOneOfFew(peer);

    private bool IsOneOfFew(PeerState peer) => ++peer.UnaskedAnswers <= _options.UnaskedAnswersMax;

    private void LearnZone(PeerState peer, string? zone)
    {
        if (zone is null || _options.Zone.Length == 0 || peer.HasToldZone)
        {
            return; // nothing is said, or nothing new: a peer does not move
        }

        peer.HasToldZone = true;
        peer.IsFar = zone != _options.Zone;
        _picker.SetNear(peer.Index, !peer.IsFar);
    }

    private bool OnExtended(PeerState peer, in PeerMessage message)
    {
        if (message.ExtendedId != 0)
        {
            return true; // we offer no extension; what a peer says in one is not for us
        }

        ExtensionHandshake told = ExtensionHandshake.Read(message.Payload.Span);
        peer.RequestsMax = told.RequestsMax > 0 ? told.RequestsMax : peer.RequestsMax;
        peer.IsUploadOnly = told.IsUploadOnly;
        LearnZone(peer, told.Zone);
        if (peer.IsUploadOnly && _stored.IsFull)
        {
            Close(peer, CloseReason.NothingToDo);
            return true;
        }

        if (!peer.IsOutgoing && told.ListenPort > 0 && peer.Identity.ListenEndpoint is null) // once: or it could name every peer at its address
        {
            peer.Identity.ListenEndpoint = new IPEndPoint(peer.Endpoint.Address, told.ListenPort);
            _book.FoundIncoming(peer.Identity.ListenEndpoint);
        }

        return true;
    }
}
