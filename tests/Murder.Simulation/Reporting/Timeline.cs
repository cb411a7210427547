using System.Text;
using Murder.Swarm;

namespace Murder.Simulation;

/// <summary>
/// Where the time of a run goes: at even intervals, how busy the links were since the last and how far the release has spread. A swarm at its
/// best fills nearly every downlink from the first doublings to the end, and has each piece out of the seeder once.
/// </summary>
internal sealed class Timeline(TimeSpan interval)
{
    private readonly List<Row> _rows = [];
    private long _bytes;
    private long _seederBytes;
    private long _nextTicks = interval.Ticks;

    /// <summary>To be called before each event; the rows up to it are taken.</summary>
    public void PassTo(long ticks, Simulation simulation)
    {
        while (ticks >= _nextTicks)
        {
            _rows.Add(Take(simulation));
            _nextTicks += interval.Ticks;
        }
    }

    public string ToText()
    {
        StringBuilder text = new();
        text.Append("      ms  links busy  seeder busy  copies from seeder  hosts begun  verified  wasted");
        foreach (Row row in _rows)
        {
            text.AppendLine();
            text.Append($"{row.Ticks / TimeSpan.TicksPerMillisecond,8}  {row.LinksBusy,10:0.000}  {row.SeederBusy,11:0.000}  {row.SeederCopies,18:0.000}  {row.HostsBegun,11}  {row.VerifiedShare,8:0.000}  {row.WastedShare,6:0.0000}");
        }

        return text.ToString();
    }

    private Row Take(Simulation simulation)
    {
        Scenario scenario = simulation.Scenario;
        double linkBytes = scenario.RateBytesPerSecond * interval.TotalSeconds;
        long bytes = simulation.Network.BlockBytes;
        int begun = 0;
        double verified = 0;
        double wasted = 0;
        foreach (SimulatedHost host in simulation.Hosts.Skip(1))
        {
            SwarmStats stats = host.Session.Stats;
            begun += stats.VerifiedBytes > 0 ? 1 : 0;
            verified += stats.VerifiedBytes;
            wasted += stats.WastedBytes;
        }

        long seederBytes = simulation.Hosts[Simulation.SeederIndex].Session.Stats.UploadedBytes;
        double all = (double)scenario.SizeBytes * scenario.Hosts;
        Row row = new(
            _nextTicks,
            (bytes - _bytes) / (linkBytes * scenario.Hosts),
            (seederBytes - _seederBytes) / linkBytes,
            seederBytes / (double)scenario.SizeBytes,
            begun,
            verified / all,
            wasted / all);
        (_bytes, _seederBytes) = (bytes, seederBytes);
        return row;
    }

    /// <param name="LinksBusy">what arrived of what all hosts' downlinks could have taken</param>
    /// <param name="HostsBegun">that have stored a piece</param>
    private readonly record struct Row(
        long Ticks, double LinksBusy, double SeederBusy, double SeederCopies, int HostsBegun, double VerifiedShare, double WastedShare);
}
