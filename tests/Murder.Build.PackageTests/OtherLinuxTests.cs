using System.Security.Cryptography;
using Murder.Deploy;
using Murder.Deploy.Tests;
using Murder.Testing;

namespace Murder.Build.PackageTests;

/// <summary>The agents of the package on hosts that are another Linux than the one they were built on: from the first line of the bootstrap to a release that is active.</summary>
[Collection(PackageFixture.Name)]
public sealed class OtherLinuxTests(PackageFixture package) : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [RootTheory]
    [InlineData("debian11", "linux-x64")]
    [InlineData("musl", "linux-x64")]
    [InlineData("arm64", "linux-arm64")]
    public async Task A_host_gets_the_agent_of_its_platform_and_by_it_the_release(string host, string rid)
    {
        OtherLinux hosts = new(_directory);
        Add(hosts, host);

        (DeploymentReport report, string publish, RecordingLog log) = await DeployAsync(hosts, host);

        Assert.True(report.Succeeded, log.ToString());
        AssertIsActive(hosts, host, rid, publish, report);
    }

    /// <summary>Each of them has the release from the others too, over TLS: the processors, and what the hosts bring or lack, make no difference.</summary>
    [RootFact]
    public async Task Hosts_of_several_kinds_are_one_swarm_and_one_of_a_kind_without_agent_harms_no_other()
    {
        OtherLinux hosts = new(_directory);
        string[] known = ["debian11", "musl", "arm64"];
        Array.ForEach(known, host => Add(hosts, host));
        hosts.AddForeign("mainframe", "s390x");

        (DeploymentReport report, string publish, RecordingLog log) = await DeployAsync(hosts, [.. known, "mainframe"]);

        Assert.True(report.Succeeded, log.ToString());
        Array.ForEach(known, host => AssertIsActive(hosts, host, host == "arm64" ? "linux-arm64" : "linux-x64", publish, report));
        Assert.NotEqual(0, report.Hosts.Sum(host => host.UploadedBytes));
        HostReport refused = report.Hosts.Single(host => host.Name == "mainframe");
        Assert.Equal("MURDER0307", refused.Code);
        Assert.Contains("linux-s390x", refused.Detail, StringComparison.Ordinal);
        Assert.Contains("linux-arm64, linux-x64", refused.Detail, StringComparison.Ordinal);
    }

    private static void Add(OtherLinux hosts, string host)
    {
        if (host == "arm64")
        {
            hosts.AddArm64();
        }
        else
        {
            hosts.AddDistribution(host);
        }
    }

    private async Task<(DeploymentReport Report, string Publish, RecordingLog Log)> DeployAsync(OtherLinux hosts, params string[] names)
    {
        string publish = SamplePublishOutput.Make(_directory, largeFileBytes: 8_000_000);
        RecordingLog log = new();
        DeploymentSettings settings = new()
        {
            ProjectDirectory = _directory.Path,
            Application = "web",
            Version = "1.2.3",
            PublishDirectory = publish,
            Hosts = "all",
            HostItems = [.. names.Select(name => new HostItem(name) { Root = hosts.RootOf(name) })],
            Transport = hosts.Transport,
            AgentDirectory = package.UnpackAgents(_directory),
            StateDirectory = _directory.Combine("state"),
            ReportDirectory = _directory.Combine("report"),
            BeforeActivate = "sha256sum web.dll >&2 && test -x tools/migrate", // in the host's own shell
            MaxFailedHosts = names.Length > 1 ? "1" : "",
        };
        return (await Deployment.DeployAsync(settings, activate: true, log, CancellationToken.None), publish, log);
    }

    private void AssertIsActive(OtherLinux hosts, string host, string rid, string publish, DeploymentReport report)
    {
        string folder = hosts.FolderOf(host);
        HostReport told = report.Hosts.Single(each => each.Name == host);
        Assert.Equal(HostState.Active, told.State);
        Assert.Equal(TreeSnapshot.Of(publish), TreeSnapshot.Of(Path.Combine(folder, "releases", report.Release)));
        Assert.Equal($"releases/{report.Release}", new DirectoryInfo(Path.Combine(folder, "current")).LinkTarget);
        Assert.Equal(report.TotalBytes, told.VerifiedBytes);
        Assert.InRange(told.DownloadedBytes, report.TotalBytes, long.MaxValue); // by the swarm, all of it
        string agent = Assert.Single(Directory.GetFiles(Path.Combine(folder, ".murder", "agents")));
        string sent = _directory.Combine($"agent-{host}");
        package.Unpack($"tools/agent/{rid}/murder-peer.gz", sent);
        Assert.Equal($"murder-peer-{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(sent)))}", Path.GetFileName(agent));
        Assert.Equal(File.ReadAllBytes(sent), File.ReadAllBytes(agent));
    }

    /// <summary>For the message of a test that fails.</summary>
    private sealed class RecordingLog : IDeploymentLog
    {
        private readonly List<string> _lines = [];

        public void Milestone(string line) => Add(line);

        public void Detail(string line) => Add("  " + line);

        public void Order(string line) => Add(line);

        public void Progress(string line)
        {
        }

        public void Report(Problem problem) => Add(problem.ToString());

        public override string ToString()
        {
            lock (_lines)
            {
                return string.Join(Environment.NewLine, _lines);
            }
        }

        private void Add(string line)
        {
            lock (_lines)
            {
                _lines.Add(line);
            }
        }
    }
}
