namespace Murder.Swarm;

/// <summary>
/// Showing others what we have (HAVE, BEP 3). Whoever is shown a piece asks for it, and then waits for it here: shown to all at once, a new
/// piece would be asked of its first holder by everybody, and those who get it next would have nobody to pass it on to. So one peer after the
/// other is shown everything that is new to it, and nobody is while enough is asked of us. It is far fewer packets too than one for each piece
/// and peer: most of what is new to a peer it has got from others when its turn comes, and the rest goes together.
/// </summary>
public sealed partial class SwarmSession
{
    private readonly PieceNews _news;
    private bool _mayShow; // there may be somebody to show something to

    private void Show(Instant now)
    {
        if (_isHiding || !_mayShow)
        {
            return;
        }

        bool areOriginsTold = TryTellOrigins(now);
        long bytesAsked = _uploads.CountAsked(now) * PieceLayout.BlockLength; // showing changes nothing of it before the requests come
        while (_news.IsToBeShown(bytesAsked, now))
        {
            if (FindNextToShow() is not { } peer)
            {
                _mayShow = !areOriginsTold;
                break;
            }

            ShowNewsTo(peer, now);
        }

        if (_mayShow)
        {
            _timers.SetNoLater(SessionTimer.Show, now + _options.ShowInterval);
        }
    }

    /// <summary>
    /// An origin asks for nothing, but must know what is out: it goes on only when what it has shown is. False when something is not yet
    /// worth a packet.
    /// </summary>
    private bool TryTellOrigins(Instant now)
    {
        bool isAnyBehind = false;
        foreach (PeerState? peer in _peers)
        {
            int news = peer is { IsReady: true, IsUploadOnly: true, WasInterested: false } && !_picker.IsSeed(peer.Index) ? _news.Count - peer.NewsShown : 0;
            if (news >= _options.UntoldMax || (news > 0 && (_stored.IsFull || now - peer!.LastShown >= _options.TellDelay)))
            {
                ShowNewsTo(peer!, now);
            }
            else
            {
                isAnyBehind |= news > 0;
            }
        }

        return !isAnyBehind;
    }

    private void ShowNewsTo(PeerState peer, Instant now)
    {
        bool isAsking = false;
        foreach (int piece in _news.After(peer.NewsShown))
        {
            // Who has a piece need not know that we have it too, but for an origin; our last extension handshake will tell that we have all.
            bool lacksIt = !_picker.Has(peer.Index, piece);
            if (lacksIt || peer.IsUploadOnly || !peer.SupportsExtensions)
            {
                Send(peer, PeerMessage.Have(piece), now);
                isAsking |= lacksIt && !peer.IsUploadOnly;
            }
        }

        peer.NewsShown = _news.Count;
        peer.LastShown = now;
        if (isAsking)
        {
            peer.Showings++;
            _news.Shown(now);
        }
    }

    /// <summary>Of those who do not know all that we have: who has the least to get from us, and among equals who was shown something least often.</summary>
    private PeerState? FindNextToShow()
    {
        PeerState? first = null;
        foreach (PeerState? peer in _peers)
        {
            if (peer is { IsReady: true } && peer.NewsShown < _news.Count && IsToBeShown(peer) && (first is null || IsShownBefore(peer, first)))
            {
                first = peer;
            }
        }

        return first;
    }

    /// <summary>Who may ask; and who does not speak the extension protocol, for he would never know that we are complete.</summary>
    private bool IsToBeShown(PeerState peer) =>
        !peer.SupportsExtensions || (!peer.IsUploadOnly && !_picker.IsSeed(peer.Index) && !(peer.IsInterestedInUs && peer.IsChokedByUs));

    private static bool IsShownBefore(PeerState peer, PeerState other) =>
        peer.Uploads.Count != other.Uploads.Count ? peer.Uploads.Count < other.Uploads.Count
        : peer.Showings != other.Showings ? peer.Showings < other.Showings
        : Turn.Of(peer.Index) < Turn.Of(other.Index);
}
