namespace Murder.Swarm;

/// <summary>What a session waits for.</summary>
internal enum SessionTimer
{
    /// <summary>Tell the tracker, or ask it again.</summary>
    Announce,

    /// <summary>An endpoint that failed may be tried again.</summary>
    Connect,

    /// <summary>A connection is due a keep-alive, or has been silent or without a handshake for too long. Moved only when it fires: activity makes it come too early, never too late.</summary>
    Peers,

    /// <summary>A peer has answered no request for too long. Moved only when it fires.</summary>
    Requests,

    /// <summary>Look again whether an idle peer may be asked: the end game is on, a pause after a reject is over, or the rate limit allows another block.</summary>
    Refill,

    /// <summary>A peer has not answered which of a piece's blocks are wrong.</summary>
    Hunts,

    /// <summary>Peers that take nothing may be keeping others from being sent to, or the rate limit allows another block.</summary>
    Serve,

    /// <summary>An origin may show more, or a piece that it has shown may be with a peer that takes nothing.</summary>
    Spread,

    /// <summary>Who was shown something has had the time to ask for it; if he did not, others may be shown more.</summary>
    Show,

    /// <summary>More peers are interested than are unchoked.</summary>
    Rechoke,

    /// <summary>Connections have had their time to close.</summary>
    Stop,
}

/// <summary>One deadline a timer. Not thread-safe.</summary>
internal sealed class TimerTable
{
    private readonly Instant?[] _deadlines = new Instant?[Enum.GetValues<SessionTimer>().Length];
    private Instant? _next;
    private bool _isNextKnown = true; // it is asked for after every input, and seldom changes

    public Instant? Next
    {
        get
        {
            if (!_isNextKnown)
            {
                _isNextKnown = true;
                _next = null;
                foreach (Instant? deadline in _deadlines)
                {
                    _next = deadline is { } at && !(_next <= at) ? at : _next;
                }
            }

            return _next;
        }
    }

    public Instant? this[SessionTimer timer] => _deadlines[(int)timer];

    public void Set(SessionTimer timer, Instant? deadline)
    {
        _isNextKnown &= _deadlines[(int)timer] == deadline;
        _deadlines[(int)timer] = deadline;
    }

    /// <summary>Sets the timer unless it is due earlier already.</summary>
    public void SetNoLater(SessionTimer timer, Instant deadline)
    {
        if (_deadlines[(int)timer] is not { } set || deadline < set)
        {
            Set(timer, deadline);
        }
    }

    /// <summary>True when the timer is due; it is then unset.</summary>
    public bool TryExpire(SessionTimer timer, Instant now)
    {
        if (_deadlines[(int)timer] is not { } deadline || deadline > now)
        {
            return false;
        }

        Set(timer, null);
        return true;
    }

    public void Clear()
    {
        Array.Clear(_deadlines);
        _isNextKnown = false;
    }
}
