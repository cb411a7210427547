using System.Globalization;

namespace Murder.SwarmBench;

/// <summary>What passed a place's network interface, by one moment.</summary>
internal readonly record struct Traffic(long InBytes, long OutBytes);

/// <summary>Looks at every interface of the lab while a system runs, to hold what passes against a limit. Headers and all: the kernel counts those of a segmentation-offload packet once.</summary>
internal sealed class LinkMeter : IAsyncDisposable
{
    /// <summary>What is compared with a limit: a bucket's worth more or less is nothing over it.</summary>
    public static readonly TimeSpan Stretch = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    private readonly (string Name, int Process)[] _places;
    private readonly List<(DateTimeOffset At, Traffic[] Places)> _samples = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Task _watching;

    private LinkMeter(Lab lab)
    {
        _places = [(Lab.Deployer, lab.DeployerProcessId), .. lab.Hosts.Select(host => (host.Name, lab.KeeperOf(host.Name)))];
        _watching = Task.Factory.StartNew(Watch, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public static LinkMeter Start(Lab lab) => new(lab);

    /// <summary>Bytes a second of the busiest stretch between the two moments, each way; a shorter time is held against the whole stretch.</summary>
    public (double In, double Out) PeakOf(string name, DateTimeOffset from, DateTimeOffset to)
    {
        int place = Array.FindIndex(_places, known => known.Name == name);
        (double peakIn, double peakOut) = (0, 0);
        int first = 0;
        for (int last = 0; last < _samples.Count; last++)
        {
            while (_samples[first].At < from || (first < last && _samples[last].At - _samples[first].At > Stretch))
            {
                if (++first > last)
                {
                    break;
                }
            }

            if (first < last && _samples[last].At <= to)
            {
                Traffic before = _samples[first].Places[place];
                Traffic after = _samples[last].Places[place];
                peakIn = Math.Max(peakIn, (after.InBytes - before.InBytes) / Stretch.TotalSeconds);
                peakOut = Math.Max(peakOut, (after.OutBytes - before.OutBytes) / Stretch.TotalSeconds);
            }

            first = Math.Min(first, last);
        }

        return (peakIn, peakOut);
    }

    /// <summary>Bytes between the first look and the last.</summary>
    public long SentBy(string name)
    {
        int place = Array.FindIndex(_places, known => known.Name == name);
        return _samples[^1].Places[place].OutBytes - _samples[0].Places[place].OutBytes;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _end.Dispose();
    }

    private void Watch()
    {
        do
        {
            _samples.Add((DateTimeOffset.UtcNow, [.. _places.Select(place => Read(place.Process))]));
        }
        while (!_end.Token.WaitHandle.WaitOne(s_interval));
    }

    private static Traffic Read(int process)
    {
        string line = File.ReadLines($"/proc/{process}/net/dev").Single(line => line.TrimStart().StartsWith("eth0:", StringComparison.Ordinal));
        string[] fields = line.Split(':')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new Traffic(long.Parse(fields[0], CultureInfo.InvariantCulture), long.Parse(fields[8], CultureInfo.InvariantCulture));
    }
}
