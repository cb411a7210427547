using Murder.Swarm;

namespace Murder.Deploy.Tests;

public sealed class TunnelPolicyTests
{
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(100);

    private readonly Instant _start = new(0);

    [Fact]
    public void AFewHostsAreEntrancesAndTheRestGetTheReleaseFromThem()
    {
        TunnelPolicy policy = Joined(20);

        Assert.Equal(Enumerable.Range(0, TunnelPolicy.EntrancesMin), policy.Next(_start));
        Tell(policy, Enumerable.Range(0, 20), peers: 5, bytes: 1000, at: _start + TunnelPolicy.AloneAfter);
        Assert.Empty(policy.Next(_start + TunnelPolicy.AloneAfter));
        Assert.Empty(policy.CutOff());
    }

    [Fact]
    public void AnEntranceThatIsDoneIsFollowedByAnother()
    {
        TunnelPolicy policy = Joined(20);
        policy.Next(_start);

        policy.Done(3);

        Assert.Equal([TunnelPolicy.EntrancesMin], policy.Next(_start + s_moment));
    }

    [Fact]
    public void EachZoneHasEntrancesOfItsOwn()
    {
        string[] zones = [.. Enumerable.Range(0, 30).Select(host => host < 20 ? "eu" : "us")];
        TunnelPolicy policy = new(zones);
        Array.ForEach([.. Enumerable.Range(0, 30)], host => policy.Joined(host, _start));

        IReadOnlyList<int> entrances = policy.Next(_start);

        Assert.Equal(TunnelPolicy.EntrancesMin / 2, entrances.Count(host => zones[host] == "us"));
        Assert.Equal(TunnelPolicy.EntrancesMin, entrances.Count);
    }

    [Fact]
    public void AHostThatReachesNoOtherGetsATunnelOfItsOwnAndIsNamed()
    {
        TunnelPolicy policy = Joined(12);
        policy.Next(_start);

        Instant later = _start + TunnelPolicy.AloneAfter;
        Tell(policy, Enumerable.Range(0, 11), peers: 4, bytes: 1000, at: later);
        policy.Progressed(11, bytes: 0, peers: 0, later);

        Assert.Equal([11], policy.Next(later));
        policy.Progressed(11, bytes: 500, peers: 1, later + s_moment); // the seeder
        Assert.Equal([11], policy.CutOff());
        policy.Progressed(11, bytes: 500, peers: 2, later + s_moment);
        Assert.Empty(policy.CutOff());
    }

    [Fact]
    public void WhereNobodyReachesAnybodyAllAreServedAndNamed()
    {
        TunnelPolicy policy = Joined(16);
        int[] all = [.. Enumerable.Range(0, 16)];

        List<int> served = [.. policy.Next(_start)];
        Instant later = _start + TunnelPolicy.AloneAfter;
        Tell(policy, served, peers: 1, bytes: 1000, at: later);
        Tell(policy, all.Except(served), peers: 0, bytes: 0, at: later);
        served.AddRange(policy.Next(later));

        Assert.Equal(all, served.Order());
        Assert.Equal(all, policy.CutOff());
    }

    [Fact]
    public void AHostThatIsTheOnlyOneIsNotCutOff()
    {
        TunnelPolicy policy = Joined(1);
        policy.Next(_start);

        policy.Progressed(0, bytes: 1000, peers: 1, _start + (2 * TunnelPolicy.AloneAfter));

        Assert.Empty(policy.CutOff());
    }

    /// <summary>Hosts that reach each other and nobody else: one tunnel helps all of them.</summary>
    [Fact]
    public void AmongHostsThatStarveTogetherOneIsServedAtATime()
    {
        TunnelPolicy policy = Joined(12);
        policy.Next(_start);

        Instant later = _start + TunnelPolicy.StarvedAfter;
        Tell(policy, Enumerable.Range(0, 8), peers: 7, bytes: 1000, at: later);
        Tell(policy, Enumerable.Range(8, 4), peers: 3, bytes: 0, at: later);

        Assert.Equal([8], policy.Next(later));
        Assert.Empty(policy.Next(later + s_moment));
    }

    [Fact]
    public void ATunnelThatCannotBeOpenedIsTriedAgainLaterAndAnotherHostIsTheEntrance()
    {
        TunnelPolicy policy = Joined(TunnelPolicy.EntrancesMin + 1);
        policy.Next(_start);

        policy.Failed(0, _start);

        Assert.Equal([TunnelPolicy.EntrancesMin], policy.Next(_start + s_moment));
        policy.Done(1);
        Assert.Equal([0], policy.Next(_start + TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void MoreTunnelsThanTheSeederTakesAreNotOpened()
    {
        TunnelPolicy policy = Joined(TunnelPolicy.TunnelsMax + 10);

        int first = policy.Next(_start).Count;
        int then = policy.Next(_start + TunnelPolicy.AloneAfter).Count;

        Assert.Equal(TunnelPolicy.TunnelsMax, first + then);
        Assert.Empty(policy.Next(_start + (2 * TunnelPolicy.AloneAfter)));
    }

    private TunnelPolicy Joined(int hosts)
    {
        TunnelPolicy policy = new([.. Enumerable.Repeat("", hosts)]);
        for (int host = 0; host < hosts; host++)
        {
            policy.Joined(host, _start);
        }

        return policy;
    }

    private static void Tell(TunnelPolicy policy, IEnumerable<int> hosts, int peers, long bytes, Instant at)
    {
        foreach (int host in hosts)
        {
            policy.Progressed(host, bytes, peers, at);
        }
    }
}
