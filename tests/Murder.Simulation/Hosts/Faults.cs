using Murder.Swarm;

namespace Murder.Simulation;

/// <summary>Draws what is wrong with whom, and says what follows from it.</summary>
internal static class Faults
{
    private static readonly HostHealth[] Dead = [HostHealth.RefusesConnections, HostHealth.Crashes, HostHealth.LosesPower];

    private static readonly HostHealth[] Slow = [HostHealth.SlowNetwork, HostHealth.SlowDisk];

    /// <summary>Exactly the shares of hosts that the scenario says, at random places; kinds of a fault take turns.</summary>
    public static HostHealth[] Draw(Scenario scenario, SwarmRandom random)
    {
        HostHealth[] healths = new HostHealth[scenario.Hosts + 1];
        int at = Draw(healths, 1, scenario.DeadShare, Dead);
        at = Draw(healths, at, scenario.SlowShare, Slow);
        Draw(healths, at, scenario.CorruptShare, [HostHealth.SendsCorruptBlocks]);
        for (int last = healths.Length - 1; last > 1; last--)
        {
            int other = 1 + random.Next(last);
            (healths[last], healths[other]) = (healths[other], healths[last]);
        }

        return healths;
    }

    public static HostLink LinkOf(HostHealth health, Scenario scenario) => new(
        scenario.RateBytesPerSecond / (health == HostHealth.SlowNetwork ? 10 : 1),
        health == HostHealth.SlowDisk ? scenario.RateBytesPerSecond / 10 : scenario.DiskBytesPerSecond);

    /// <summary>Who must get everything: all but those that die, and those that lie and are shut out for it.</summary>
    public static bool IsToComplete(HostHealth health) => health is not (HostHealth.Crashes or HostHealth.LosesPower or HostHealth.SendsCorruptBlocks);

    private static int Draw(HostHealth[] healths, int at, double share, HostHealth[] kinds)
    {
        int count = Math.Min((int)Math.Round(share * (healths.Length - 1)), healths.Length - at);
        for (int drawn = 0; drawn < count; drawn++)
        {
            healths[at + drawn] = kinds[drawn % kinds.Length];
        }

        return at + count;
    }
}
