namespace Murder.Deploy.Tests;

public sealed class PreviousReleaseTests
{
    [Fact]
    public void AFleetGoesBackToWhatAllItsHostsRanBefore() =>
        Assert.Equal("1.0.0-a", PreviousRelease.Find([Host("web1", "1.0.0-a"), Host("web2", "1.0.0-a")], failedHostsMax: 0));

    [Fact]
    public void AHostWithNothingToGoBackToIsNamed()
    {
        Problem problem = Refusal(Host("web1", "1.0.0-a"), Host("web2", previous: null)).Single();

        Assert.Equal("MURDER0607", problem.Code);
        Assert.Contains("on web2;", problem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void HostsThatRanDifferentReleasesAreNamedWithThem()
    {
        Problem problem = Refusal(Host("web1", "1.0.0-a"), Host("web2", "1.0.0-b"), Host("web3", "1.0.0-b")).Single();

        Assert.Equal("MURDER0608", problem.Code);
        Assert.Contains("1.0.0-b on web2, web3; 1.0.0-a on web1", problem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void AHostThatCannotBeAskedKeepsAllFromGoingBack()
    {
        Problem unreachable = new("MURDER0301", "no connection", "look");

        Assert.Equal(["MURDER0301", "MURDER0612"], Refusal(Host("web1", "1.0.0-a"), Host("web2", previous: null) with { Problem = unreachable }).Select(problem => problem.Code));
    }

    /// <summary>The way back is wanted when something is wrong, and a host that is down may be what is wrong.</summary>
    [Fact]
    public void HostsThatMayFailDoNotKeepTheOthersFromGoingBack()
    {
        HostStatus[] hosts =
        [
            Host("web1", "1.0.0-a"),
            Host("web2", previous: null) with { Problem = new Problem("MURDER0301", "no connection", "look") },
            Host("web3", previous: null),
        ];

        Assert.Equal("1.0.0-a", PreviousRelease.Find(hosts, failedHostsMax: 2));
        Assert.Equal(["MURDER0301", "MURDER0607", "MURDER0612"], Assert.Throws<DeploymentException>(() => PreviousRelease.Find(hosts, failedHostsMax: 1)).Problems.Select(problem => problem.Code));
        Assert.Throws<DeploymentException>(() => PreviousRelease.Find(hosts[2..], failedHostsMax: 1));
    }

    private static IReadOnlyList<Problem> Refusal(params HostStatus[] hosts) => Assert.Throws<DeploymentException>(() => PreviousRelease.Find(hosts, failedHostsMax: 0)).Problems;

    private static HostStatus Host(string name, string? previous) => new(name, "1.0.0-c", previous, [], [], 0, null, null);
}
