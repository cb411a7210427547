using Murder.Swarm;

namespace Murder.Deploy.Tests;

/// <summary>Agents speak when something changes, and so do these.</summary>
public sealed class TunnelPolicyTests
{
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_starvedAfter = TimeSpan.FromSeconds(6);

    private readonly Instant _start = new(0);

    [Fact]
    public void AFewHostsAreEntrancesAndTheRestGetTheReleaseFromThem()
    {
        TunnelPolicy policy = Joined(20);

        Assert.Equal(Enumerable.Range(0, TunnelPolicy.EntrancesWanted), policy.Next(_start));
        Tell(policy, Enumerable.Range(0, 20), peers: 5, bytes: 1000, at: _start + s_moment);
        Assert.Empty(policy.Next(_start + s_starvedAfter));
        Assert.Empty(policy.CutOff());
    }

    [Fact]
    public void AnEntranceThatIsLostIsFollowedByAnotherAndOneThatHasEverythingIsASourceStill()
    {
        TunnelPolicy policy = Joined(20);
        policy.Next(_start);

        policy.Done(3, hasEverything: true);
        Assert.Empty(policy.Next(_start + s_moment));

        policy.Done(4, hasEverything: false);
        Assert.Equal([TunnelPolicy.EntrancesWanted], policy.Next(_start + s_moment));
    }

    /// <summary>Hosts come one after the other, as a rule a zone after the other, and zones may not reach each other.</summary>
    [Fact]
    public void EachZoneHasAnEntranceHoweverManyOthersHave()
    {
        string[] zones = [.. Enumerable.Range(0, 60).Select(host => $"zone{host / 20}")];
        TunnelPolicy policy = new(zones, s_starvedAfter);
        List<int> opened = [];
        for (int host = 0; host < zones.Length; host++)
        {
            policy.Present(_start);
            if (policy.Joined(host, isEntrance: true, _start))
            {
                opened.AddRange(policy.Next(_start));
            }
        }

        Assert.Equal([.. Enumerable.Range(0, TunnelPolicy.EntrancesWanted), 20, 40], opened);
        Assert.Empty(policy.Next(_start + s_moment));
    }

    [Fact]
    public void AHostThatReachesNoOtherGetsATunnelOfItsOwnAndIsNamed()
    {
        TunnelPolicy policy = Joined(12);
        policy.Next(_start);
        Tell(policy, Enumerable.Range(0, 11), peers: 4, bytes: 1000, at: _start + s_moment);
        Instant later = _start + TunnelPolicy.AloneAfter;

        Assert.Equal([11], policy.Next(later));
        policy.Opened(11);
        policy.Progressed(11, bytes: 500, peers: 1, isComplete: false, later + s_moment); // the seeder
        Assert.Equal([11], policy.CutOff());
        Assert.Equal(0, policy.PerhapsCutOffCount);
        policy.Progressed(11, bytes: 500, peers: 2, isComplete: false, later + s_moment);
        Assert.Empty(policy.CutOff());
    }

    /// <summary>It waits for its disk: it has no peer that it needs any more, and nothing arrives.</summary>
    [Fact]
    public void AHostThatHasEverythingNeedsNone()
    {
        TunnelPolicy policy = Joined(12);
        policy.Next(_start);
        Tell(policy, Enumerable.Range(0, 11), peers: 4, bytes: 1000, at: _start + s_moment);
        policy.Progressed(11, bytes: 1000, peers: 0, isComplete: true, _start + s_moment);

        Assert.Empty(policy.Next(_start + (2 * TunnelPolicy.AloneAfter)));
    }

    [Fact]
    public void WhereNobodyReachesAnybodyAllAreServedAndNamed()
    {
        TunnelPolicy policy = Joined(16);
        int[] all = [.. Enumerable.Range(0, 16)];

        List<int> served = [.. policy.Next(_start)];
        served.ForEach(policy.Opened);
        Tell(policy, served, peers: 1, bytes: 1000, at: _start + s_moment);
        Instant later = _start + TunnelPolicy.AloneAfter;
        IReadOnlyList<int> then = policy.Next(later);
        Array.ForEach([.. then], policy.Opened);
        Tell(policy, all, peers: 1, bytes: 2000, at: later + s_moment);

        Assert.Equal(all, served.Concat(then).Order());
        Assert.Equal(all, policy.CutOff());
        Assert.Equal(0, policy.PerhapsCutOffCount);
    }

    /// <summary>Whoever had everything before others could find it, of that it is not known.</summary>
    [Fact]
    public void WhoIsDoneTooSoonIsNeitherNamedNorForgotten()
    {
        TunnelPolicy policy = Joined(2);
        policy.Next(_start);
        policy.Opened(0);
        policy.Opened(1);
        policy.Progressed(0, bytes: 1000, peers: 1, isComplete: true, _start + s_moment);

        policy.Progressed(1, bytes: 1000, peers: 1, isComplete: true, _start + TunnelPolicy.AloneAfter);

        Assert.Equal([1], policy.CutOff());
        Assert.Equal(1, policy.PerhapsCutOffCount);
    }

    [Fact]
    public void AHostThatIsTheOnlyOneIsNotCutOff()
    {
        TunnelPolicy policy = Joined(1);
        policy.Next(_start);
        policy.Opened(0);

        policy.Progressed(0, bytes: 1000, peers: 1, isComplete: false, _start + (2 * TunnelPolicy.AloneAfter));

        Assert.Empty(policy.CutOff());
    }

    /// <summary>Though no other host came through a tunnel: the others reach this machine.</summary>
    [Fact]
    public void AHostThatReachesNoneOfThoseThatComeDirectlyIsNamed()
    {
        TunnelPolicy policy = Joined(1);
        policy.Present(_start);
        policy.Next(_start);
        policy.Opened(0);

        policy.Progressed(0, bytes: 1000, peers: 1, isComplete: false, _start + TunnelPolicy.AloneAfter);

        Assert.Equal([0], policy.CutOff());
    }

    /// <summary>A peer of a host whose tunnel was never opened is another host.</summary>
    [Fact]
    public void AnOrderedTunnelIsNoPeer()
    {
        TunnelPolicy policy = Joined(2);
        policy.Next(_start);
        policy.Failed(1, _start);

        policy.Progressed(1, bytes: 1000, peers: 1, isComplete: false, _start + TunnelPolicy.AloneAfter);

        Assert.Empty(policy.CutOff());
    }

    /// <summary>Hosts that reach each other and nobody else: one tunnel helps all of them.</summary>
    [Fact]
    public void AmongHostsThatStarveTogetherOneIsServedAtATime()
    {
        TunnelPolicy policy = Joined(12);
        policy.Next(_start);
        Tell(policy, Enumerable.Range(8, 4), peers: 3, bytes: 0, at: _start + s_moment);
        Instant later = _start + s_starvedAfter;
        Tell(policy, Enumerable.Range(0, 8), peers: 7, bytes: 1000, at: later);

        Assert.Equal([8], policy.Next(later));
        Assert.Empty(policy.Next(later + s_moment));
    }

    [Fact]
    public void AHostThatHasAnotherWayGetsATunnelOnlyWhenThatComesToNothing()
    {
        TunnelPolicy policy = new(["", ""], s_starvedAfter);
        Assert.False(policy.Joined(0, isEntrance: false, _start));

        Assert.Empty(policy.Next(_start));
        Assert.Equal([0], policy.Next(_start + TunnelPolicy.AloneAfter));
    }

    [Fact]
    public void ATunnelThatCannotBeOpenedIsTriedAgainLaterAndAnotherHostIsTheEntrance()
    {
        TunnelPolicy policy = Joined(TunnelPolicy.EntrancesWanted + 1);
        policy.Next(_start);
        policy.Failed(0, _start);

        Assert.Equal([TunnelPolicy.EntrancesWanted], policy.Next(_start + s_moment));
        policy.Done(1, hasEverything: false);
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
        TunnelPolicy policy = new([.. Enumerable.Repeat("", hosts + 1)], s_starvedAfter);
        for (int host = 0; host < hosts; host++)
        {
            policy.Present(_start);
            policy.Joined(host, isEntrance: true, _start);
        }

        return policy;
    }

    private static void Tell(TunnelPolicy policy, IEnumerable<int> hosts, int peers, long bytes, Instant at)
    {
        foreach (int host in hosts)
        {
            policy.Progressed(host, bytes, peers, isComplete: false, at);
        }
    }
}
