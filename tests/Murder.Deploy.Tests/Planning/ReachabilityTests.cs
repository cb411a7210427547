namespace Murder.Deploy.Tests;

/// <summary>Of hosts a, b, c, d: "a&gt;b" is a connection that a opened to b, "a/b" one that it could not; S is the seeder, T the tracker.</summary>
public sealed class ReachabilityTests
{
    [Fact]
    public void WhereAllReachAllNothingIsSaid() => Check("a>b b>c c>a a>S a>T b>S b>T c>S c>T", cutOff: "", gaps: "");

    [Fact]
    public void AHostBehindAFirewallIsServedByTheConnectionsThatItOpens() => Check("a/b c/b b>c a>S b>S c>S", cutOff: "", gaps: "a/b c/b");

    [Fact]
    public void AHostThatReachesOnlyOthersGetsTheReleaseFromThem() => Check("a/S a>b b>S", cutOff: "", gaps: "a/S");

    [Fact]
    public void AHostThatOthersReachGetsTheReleaseThroughThem() => Check("a/S a/b b>S b>a", cutOff: "", gaps: "a/S a/b");

    [Fact]
    public void AHostThatNobodyReachesAndThatReachesNobodyIsCutOff() => Check("a/b a/S a>T b/a b>S c/a c>S", cutOff: "a", gaps: "");

    [Fact]
    public void HostsThatReachOnlyEachOtherAreCutOffTogether() => Check("a>b b>a a/S b/S c>S c/a", cutOff: "a b", gaps: "");

    [Fact]
    public void WithoutTheTrackerAHostLearnsOfNobody() => Check("a>b a>S a/T b>S b>T", cutOff: "a", gaps: "");

    [Fact]
    public void WhatWasNotTriedIsNotHeldAgainstAHost() => Check("a/b", cutOff: "", gaps: "a/b");

    private static void Check(string picture, string cutOff, string gaps)
    {
        ReachAttempt[] attempts = [.. picture.Split(' ').Select(Attempt)];
        Reachability reachability = new(hosts: 4, attempts);
        bool IsCutOff(int host) => reachability.CutsOff(host).Count > 0;

        Assert.Equal(cutOff, string.Join(' ', Enumerable.Range(0, 4).Where(IsCutOff).Select(host => (char)('a' + host))));
        Assert.Equal(gaps, string.Join(' ', reachability.Gaps(IsCutOff).Select(gap => gap.Endpoint)));
    }

    private static ReachAttempt Attempt(string picture)
    {
        ReachTarget target = picture[2] == 'S' ? ReachTarget.Seeder : picture[2] == 'T' ? ReachTarget.Tracker : ReachTarget.Host;
        return new ReachAttempt(picture[0] - 'a', target, target == ReachTarget.Host ? picture[2] - 'a' : -1, picture, picture[1] == '/' ? "refused" : null);
    }
}
