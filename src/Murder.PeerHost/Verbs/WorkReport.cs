using Murder.PeerHost.Contract;

namespace Murder.PeerHost;

/// <summary>Tells the deployer that some work on the disk begins and gets on, but not more often than progress is told. Thread-safe.</summary>
internal sealed class WorkReport
{
    private readonly AgentWork _work;
    private readonly IEventSink _events;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private long _done;
    private long _saidAt;

    /// <summary>Says that it begins.</summary>
    public WorkReport(AgentWork work, IEventSink events, FetchOptions options, TimeProvider time)
    {
        _work = work;
        _events = events;
        _interval = options.ProgressInterval;
        _time = time;
        _saidAt = time.GetTimestamp();
        events.Send(new AgentWorking(work, 0));
    }

    /// <summary>One more is done.</summary>
    public void Step()
    {
        lock (_gate)
        {
            _done++;
            if (_time.GetElapsedTime(_saidAt) >= _interval)
            {
                _saidAt = _time.GetTimestamp();
                _events.Send(new AgentWorking(_work, _done));
            }
        }
    }
}
