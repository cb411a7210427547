namespace Murder.Swarm;

/// <summary>An origin's part: who is shown which piece, until every piece is out.</summary>
public sealed partial class SwarmSession
{
    private readonly PieceSpread? _spread;

    private bool _isHiding; // pieces are shown to one peer at a time: a new peer is told that we have nothing

    private void Spread(Instant now)
    {
        if (!_isHiding)
        {
            return;
        }

        if (_spread!.IsOver)
        {
            _isHiding = false;
            _timers.Set(SessionTimer.Spread, null);
            _mayShow = true; // each peer may now ask for whatever it lacks
            return;
        }

        _spread.TakeBackWhileIdle(now);
        long bytesAsked = _uploads.CountAsked(now) * PieceLayout.BlockLength; // showing changes nothing of it before the requests come
        bool isAnyShown = false;
        while (_spread.TryShow(bytesAsked, now, out int peer, out int piece))
        {
            Send(_peers[peer]!, PeerMessage.Have(piece), now);
            isAnyShown = true;
        }

        if (isAnyShown)
        {
            _timers.SetNoLater(SessionTimer.Spread, now + _options.ShowTime);
        }
        else if (_spread.IsAllShown)
        {
            _timers.SetNoLater(SessionTimer.Spread, now + _options.SpreadPatienceMin); // if our link is idle then, somebody is given up
        }
    }
}
