using System.Text;

namespace Murder.Deploy;

/// <summary>
/// The latest report of a run, for whoever wants to see it. There is no queue: who is slow misses what came between, and whoever publishes never waits.
/// Thread-safe.
/// </summary>
internal sealed class ReportFeed
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _published = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Snapshot? _latest;

    /// <summary>Null before the first.</summary>
    public Snapshot? Latest
    {
        get
        {
            lock (_lock)
            {
                return _latest;
            }
        }
    }

    /// <param name="isLast">nothing follows</param>
    public void Publish(DeploymentReport report, bool isLast)
    {
        TaskCompletionSource published;
        lock (_lock)
        {
            _latest = new Snapshot((_latest?.Number ?? 0) + 1, report, isLast);
            published = _published;
            _published = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        published.SetResult();
    }

    /// <summary>The latest that is later than the one of this number, as soon as there is one.</summary>
    public async Task<Snapshot> AfterAsync(long number, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task published;
            lock (_lock)
            {
                if (_latest is { } latest && latest.Number > number)
                {
                    return latest;
                }

                published = _published.Task;
            }

            await published.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A report, and what is sent of it: written down once, by whoever needs it first.</summary>
    internal sealed class Snapshot(long number, DeploymentReport report, bool isLast)
    {
        private readonly Lazy<byte[]> _event = new(() => Encoding.UTF8.GetBytes($"event: {(isLast ? "last" : "report")}\ndata: {ReportFile.SerializeLine(report)}\n\n"));

        public long Number => number;

        public DeploymentReport Report => report;

        public bool IsLast => isLast;

        /// <summary>As Server-Sent Events have it.</summary>
        public ReadOnlyMemory<byte> Event => _event.Value;
    }
}
