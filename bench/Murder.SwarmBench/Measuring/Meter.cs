using System.Globalization;

namespace Murder.SwarmBench;

/// <summary>What the machine and the lab had used by one moment.</summary>
/// <param name="SentBytes">by the deployer, at its network interface</param>
/// <param name="LabCpu">seconds of all processes on the hosts and the deployer</param>
/// <param name="DeployerCpu">of those, the deployer's</param>
/// <param name="MachineCpu">seconds that any core of the machine was busy</param>
/// <param name="LabWait">seconds in which some process of the lab wanted a core and had none; 0 where the kernel does not tell</param>
internal readonly record struct Sample(DateTimeOffset At, double SentBytes, double LabCpu, double DeployerCpu, double MachineCpu, double LabWait)
{
    public static Sample Between(in Sample left, in Sample right, DateTimeOffset at)
    {
        double part = right.At == left.At ? 0 : (at - left.At) / (right.At - left.At);
        return new Sample(
            at,
            Mix(left.SentBytes, right.SentBytes),
            Mix(left.LabCpu, right.LabCpu),
            Mix(left.DeployerCpu, right.DeployerCpu),
            Mix(left.MachineCpu, right.MachineCpu),
            Mix(left.LabWait, right.LabWait));

        double Mix(double from, double to) => from + ((to - from) * part);
    }
}

/// <summary>Looks at the counters while a system runs, because when the timed part began is known only afterwards.</summary>
internal sealed class Meter : IAsyncDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(50);
    private const int MemoryEvery = 5;

    private readonly Lab _lab;
    private readonly string _all;
    private readonly string _deployer;
    private readonly string[] _hosts;
    private readonly string? _seederName;
    private readonly List<Sample> _samples = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Task _watching;

    private Meter(Lab lab, string? seederName)
    {
        _lab = lab;
        _seederName = seederName;
        _all = lab.Cgroup(null);
        _deployer = lab.Cgroup(Lab.Deployer);
        _hosts = [.. lab.Hosts.Select(host => lab.Cgroup(host.Name))];
        _samples.Add(Take());
        _watching = Task.Factory.StartNew(Watch, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Most memory that one process of a host had at once.</summary>
    public long HostPeakBytes { get; private set; }

    /// <summary>The same of the process that seeds.</summary>
    public long SeederPeakBytes { get; private set; }

    /// <summary>The same of any process of the deployer, the seeder too.</summary>
    public long DeployerPeakBytes { get; private set; }

    /// <param name="seederName">what the name of the seeder's process begins with; null when it is the deployer's largest</param>
    public static Meter Start(Lab lab, string? seederName) => new(lab, seederName);

    /// <summary>The counters at that moment, between the two looks around it.</summary>
    public Sample At(DateTimeOffset at)
    {
        int right = _samples.FindIndex(sample => sample.At >= at);
        return right switch
        {
            < 0 => _samples[^1],
            0 => _samples[0],
            _ => Sample.Between(_samples[right - 1], _samples[right], at),
        };
    }

    /// <summary>When the deployer had sent so many bytes more than at that moment; null when it never had.</summary>
    public DateTimeOffset? WhenSent(double bytes, DateTimeOffset after)
    {
        double before = At(after).SentBytes;
        int index = _samples.FindIndex(sample => sample.At > after && sample.SentBytes >= before + bytes);
        return index < 0 ? null : _samples[index].At;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _samples.Add(Take());
        _end.Dispose();
    }

    private void Watch()
    {
        for (int look = 0; !_end.Token.WaitHandle.WaitOne(s_interval); look++)
        {
            _samples.Add(Take());
            if (look % MemoryEvery == 0)
            {
                HostPeakBytes = Math.Max(HostPeakBytes, _hosts.Max(host => PeakBytes(host)));
                SeederPeakBytes = Math.Max(SeederPeakBytes, PeakBytes(_deployer, _seederName));
                DeployerPeakBytes = Math.Max(DeployerPeakBytes, PeakBytes(_deployer));
            }
        }
    }

    private Sample Take() => new(DateTimeOffset.UtcNow, SentBytes(), CpuSeconds(_all), CpuSeconds(_deployer), BusySeconds(), WaitSeconds());

    private long SentBytes()
    {
        string line = File.ReadLines($"/proc/{_lab.DeployerProcessId}/net/dev").Single(line => line.TrimStart().StartsWith("eth0:", StringComparison.Ordinal));
        return Number(line.Split(':')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[8]);
    }

    private static double CpuSeconds(string cgroup) =>
        Number(File.ReadLines(Path.Combine(cgroup, "cpu.stat")).Single(line => line.StartsWith("usage_usec ", StringComparison.Ordinal))[11..]) / 1e6;

    private double WaitSeconds()
    {
        string path = Path.Combine(_all, "cpu.pressure");
        string? some = File.Exists(path) ? File.ReadLines(path).First() : null;
        return some is null ? 0 : Number(some[(some.IndexOf("total=", StringComparison.Ordinal) + 6)..]) / 1e6;
    }

    /// <summary>User, nice, system, irq, softirq, steal: not idle, not waiting for a disk. In hundredths, as /proc has them everywhere.</summary>
    private static double BusySeconds()
    {
        string[] fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (Number(fields[1]) + Number(fields[2]) + Number(fields[3]) + Number(fields[6]) + Number(fields[7]) + Number(fields[8])) / 100.0;
    }

    /// <summary>Of the group's processes whose name begins so; of all of them, when it is null.</summary>
    private static long PeakBytes(string cgroup, string? name = null)
    {
        long peak = 0;
        foreach (string process in File.ReadLines(Path.Combine(cgroup, "cgroup.procs")))
        {
            try
            {
                string[] status = File.ReadAllLines($"/proc/{process}/status");
                if (name is null || ValueOf(status, "Name").StartsWith(name, StringComparison.Ordinal))
                {
                    peak = Math.Max(peak, ValueOf(status, "VmHWM") is { Length: > 0 } size ? Number(size.Replace("kB", "").Trim()) * 1024 : 0);
                }
            }
            catch (IOException)
            {
                // Expected: it ended meanwhile.
            }
        }

        return peak;
    }

    /// <summary>Empty when there is no such line: a process that is ending has no memory any more.</summary>
    private static string ValueOf(string[] status, string key) =>
        status.FirstOrDefault(line => line.StartsWith(key + ":", StringComparison.Ordinal))?[(key.Length + 1)..].Trim() ?? "";

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
