using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.Deploy.Tests;

public class ZonesInReportTests
{
    [Fact]
    public void What_crossed_zones_is_told_for_each_host_and_in_all()
    {
        DeploymentReport report = ReportOf("eu-1", "eu-1", "us-1");

        Assert.Equal([10, 20, 30], report.Hosts.Select(host => host.DownloadedBytesAcrossZones));
        Assert.Equal(60, report.DownloadedBytesAcrossZones);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("eu-1", "eu-1")]
    [InlineData("eu-1", "")]
    public void Where_there_is_one_zone_or_none_nothing_is_said_of_crossing(params string[] zones) => Assert.Null(ReportOf(zones).DownloadedBytesAcrossZones);

    private static DeploymentReport ReportOf(params string[] zones)
    {
        DeploymentPlan plan = TestPlan.For([.. zones.Select((zone, number) => new TargetHost($"web{number}") { Address = "127.0.0.1", Root = "/srv/web", Zone = zone })]);
        Rollout rollout = new(plan);
        rollout.Handle(new RolloutInput.Started(), new Instant(0));
        for (int host = 0; host < zones.Length; host++)
        {
            rollout.Handle(new RolloutInput.AgentReady(host), new Instant(1));
            rollout.Handle(new RolloutInput.Staged(host, new AgentStaged(plan.Release, 1, 0, 100, 0, 0) { DownloadedBytesAcrossZones = 10 * (host + 1) }), new Instant(2));
        }

        Metainfo metainfo = MetainfoBuilder.Build("web", PieceLayout.BlockLength, [new HashedFile("app", 1, false, null, [Hash256.Of("a"u8)])]);
        return ReportBuilder.Build(new RunFacts { Plan = plan, Rollout = rollout, RequestedHosts = "prod", Release = new Release(plan.Release, "/", metainfo), Now = new Instant(3), Ports = new DeployerPorts(1, 2) });
    }
}
