using System.Net;

namespace Murder.Swarm.IO;

public sealed partial class SwarmDriver
{
    /// <summary>Inputs of one turn. The session's outputs are carried out after each turn, so this bounds how many there are.</summary>
    private const int InputsPerTurnMax = 128;

    /// <summary>
    /// Turns after which the loop leaves the thread on which it was woken, which has a connection, a disk or a timer to look after. Most
    /// wake-ups are good for one or two.
    /// </summary>
    private const int TurnsInARowMax = 16;

    // All of these belong to the loop, but for the flags that others set.
    private readonly Queue<SwarmInput> _answers = new(); // to orders that could not be carried out: for the next turn, before all else
    private volatile bool _stopAsked;
    private Instant? _stopDeadline;
    private volatile bool _isTimerSet; // cleared when it fires
    private Instant _wakeAt; // when the timer was set to fire
    private bool _stopped;

    private Instant Now() => new(_time.GetElapsedTime(_origin).Ticks);

    /// <summary>Ends the run soon. From any thread.</summary>
    private void Stop()
    {
        _stopAsked = true;
        _inbox.Wake();
    }

    private TimeSpan GoodbyeLeft() => _stopDeadline is { } deadline && deadline - Now() is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    /// <summary>The only code that calls the session: one turn after the other until it has stopped, or had its time to.</summary>
    private async Task LoopAsync(CancellationToken ending)
    {
        using ITimer timer = _time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _session.HandleTimeout(Now());
        CarryOutAll(ending);
        int turnsInARow = 0;
        while (!_stopped)
        {
            if (_answers.Count == 0)
            {
                SetTimer(timer);
                ValueTask<bool> woken = _inbox.WaitAsync();
                turnsInARow = woken.IsCompleted ? turnsInARow + 1 : 0;
                await woken.ConfigureAwait(false);
            }

            // Also on the way out: whoever asked for the end is not made to carry it out.
            if (turnsInARow == TurnsInARowMax || _stopAsked)
            {
                await Task.Yield();
                turnsInARow = 0;
            }

            Instant now = Now();
            if (_stopDeadline <= now)
            {
                return;
            }

            TakeTurn(now);
            CarryOutAll(ending);
        }
    }

    private void TakeTurn(Instant now)
    {
        if (_stopAsked && _stopDeadline is null)
        {
            _stopDeadline = now + _options.StopTimeout;
            _session.Handle(SwarmInput.StopRequested(), now);
        }

        while (_answers.TryDequeue(out SwarmInput answer))
        {
            _session.Handle(answer, now);
        }

        int taken = 0;
        while (taken < InputsPerTurnMax && _inbox.TryTake(out DriverInput input))
        {
            Take(input, now);
            taken++;
        }

        if (taken == InputsPerTurnMax)
        {
            _inbox.Wake(); // for the rest: who put it there has rung already
        }

        if (_session.NextTimeout <= now)
        {
            _session.HandleTimeout(now);
        }
    }

    private void Take(in DriverInput input, Instant now)
    {
        switch (input.Kind)
        {
            case DriverInputKind.Session:
                _session.Handle(input.Session, now);
                if (input.Session.Kind == SwarmInputKind.PeerLost && _connections.Find(input.Session.Slot) is { } lost)
                {
                    _connections.Remove(lost);
                    lost.Dispose();
                }

                break;
            case DriverInputKind.ConnectionOpened:
                TakeIn(input, now);
                break;
            case DriverInputKind.StoreFailed:
                if (input.Session.Kind == SwarmInputKind.StorageFailed)
                {
                    _session.Handle(input.Session, now);
                }

                Fail(input.Failure!);
                break;
        }
    }

    /// <summary>Gives the connection a slot, or closes it when too many are open.</summary>
    private void TakeIn(in DriverInput input, Instant now)
    {
        (PeerChannel channel, IPEndPoint endpoint, bool isOutgoing) = (input.Channel!, input.Endpoint!, input.IsOutgoing);
        PeerConnection? connection = isOutgoing || _connections.IncomingCount < _options.IncomingConnectionsMax
            ? _connections.Add(slot => new PeerConnection(slot, isOutgoing, channel.Stream, _services, channel.Member))
            : null;
        if (connection is not null)
        {
            _connectionsTaken++;
            _session.Handle(SwarmInput.PeerConnected(connection.Slot, endpoint, isOutgoing), now);
            _tasks.Run(connection.RunAsync);
            return;
        }

        channel.Stream.Dispose();
        if (isOutgoing)
        {
            _session.Handle(SwarmInput.ConnectFailed(endpoint), now);
        }
    }

    private void OnTimer()
    {
        _isTimerSet = false;
        _inbox.Wake();
    }

    /// <summary>
    /// The timer is moved only when it would come too late: one that comes too early costs an empty turn, and most turns move the
    /// session's next timeout by a little. Rounded up to what timers resolve, so as not to turn idly until the time has come. It may
    /// still fire a little early, for it has another clock than ours: then it must be set anew, though it was to come now.
    /// </summary>
    private void SetTimer(ITimer timer)
    {
        Instant? next = _session.NextTimeout;
        if (_stopDeadline is { } deadline && (next is null || deadline < next))
        {
            next = deadline;
        }

        if (next is not { } due || (_isTimerSet && _wakeAt <= due))
        {
            return;
        }

        Instant now = Now();
        double milliseconds = Math.Max(0, Math.Ceiling((due - now).TotalMilliseconds));
        _wakeAt = now + TimeSpan.FromMilliseconds(milliseconds);
        _isTimerSet = true; // before it can fire
        timer.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
    }
}
