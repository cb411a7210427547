using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Murder.PeerHost.Contract;
using Murder.Swarm;
using Murder.Swarm.IO;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>A whole deploy as somebody on the same machine sees it who is not part of it.</summary>
[Collection(NothingBeside.Name)]
public sealed class MembersOnlyTests
{
    /// <summary>
    /// What every private key on P-256 begins with (PKCS #8, RFC 5915), what every certificate for such a key holds, in the forms in which they
    /// could be written down, and the names around them.
    /// </summary>
    private static readonly byte[][] Secrets =
    [
        Convert.FromHexString("308187020100301306072A8648CE3D0201"),
        "308187020100301306072a8648ce3d0201"u8.ToArray(),
        "308187020100301306072A8648CE3D0201"u8.ToArray(),
        "MIGHAgEAMBMGByqGSM49"u8.ToArray(),
        Convert.FromHexString("301306072A8648CE3D020106082A8648CE3D030107034200"),
        "BEGIN CERTIFICATE"u8.ToArray(),
        "BEGIN PRIVATE KEY"u8.ToArray(),
        "\"credential\""u8.ToArray(),
        "privateKey"u8.ToArray(),
    ];

    [Fact]
    public void TheSecretsThatAreLookedForAreThoseOfACredential()
    {
        using SwarmAuthority authority = new(TimeProvider.System);
        MemberCredential credential = authority.Issue(PeerId.Create(new SwarmRandom(1)));
        byte[] line = AgentJson.Write(new FetchCommand { Root = "/a", Release = ReleaseId.Parse("1"), AnnounceUrls = [], Port = 0, Seed = 0, Credential = credential });

        Assert.Equal(["MIGHAgEAMBMGByqGSM49", "\"credential\"", "privateKey"], FoundIn(line));
        Assert.Single(FoundIn(credential.PrivateKey));
        Assert.Single(FoundIn(credential.Certificate));
    }

    [Fact]
    public async Task CertificatesAndKeysAreInNoArgumentVariableFileLogOrReport()
    {
        using DeployFixture deploy = new(largeFileBytes: 150_000_000);
        Task<DeploymentReport> running = Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);
        HashSet<int> agents = [];
        List<string> found = [];
        while (!running.IsCompleted)
        {
            foreach (int agent in ProcessTree.ChildrenOf(Environment.ProcessId))
            {
                agents.Add(agent);
                found.AddRange(FoundIn(ReadOfProcess(agent, "cmdline")).Concat(FoundIn(ReadOfProcess(agent, "environ"))));
            }

            await Task.Delay(50);
        }

        DeploymentReport report = await running;

        Assert.True(report.Succeeded, string.Join('\n', deploy.Log));
        Assert.Equal(4, agents.Count); // and one of them is the seeder
        Assert.Empty(found);
        Assert.Empty(FoundIn(Encoding.UTF8.GetBytes(string.Join('\n', deploy.Log))));
        Assert.True(File.Exists(Path.Combine(deploy.Settings.ReportDirectory, "report.json")));
        foreach (string file in Directory.EnumerateFiles(deploy.Settings.ReportDirectory).Concat(FilesOfHosts(deploy)))
        {
            Assert.True(FoundIn(await File.ReadAllBytesAsync(file)).Length == 0, file);
        }
    }

    [Fact]
    public async Task AnOutsiderWhoKnowsEveryPortAndTheInfoHashHearsNothingAndTheDeploySucceeds()
    {
        using DeployFixture deploy = new(largeFileBytes: 200_000_000);
        string infoHash = await Deployment.WriteTorrentAsync(deploy.Settings, deploy.Directory.Combine("web.torrent"), deploy, CancellationToken.None);
        byte[] handshake = new byte[Handshake.Size];
        PeerMessageCodec.WriteHandshake(
            new Handshake(Convert.FromHexString(infoHash).AsMemory(0, 20), PeerId.Create(new SwarmRandom(9)), SupportsFast: true, SupportsExtensions: true, SupportsV2: true), handshake);

        Task<DeploymentReport> running = Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);
        int answered = 0;
        HashSet<int> ports = [];
        while (!running.IsCompleted)
        {
            // The swarm ports of the agents and of the seeder, and of this process the tracker's.
            foreach (int port in ProcessTree.ChildrenOf(Environment.ProcessId).Append(Environment.ProcessId).SelectMany(PortsOf))
            {
                byte[] heard = await HearAsync(port, handshake);
                ports.Add(port);
                answered += heard.Length > 7 || heard.AsSpan().IndexOf("BitTorrent"u8) >= 0 ? 1 : 0; // more than an alert
            }

            await Task.Delay(20);
        }

        DeploymentReport report = await running;

        Assert.True(report.Succeeded, string.Join('\n', deploy.Log));
        Assert.Equal(TreeSnapshot.Of(deploy.PublishDirectory), TreeSnapshot.Of(Path.Combine(deploy.LocalRoot(3), "current/")));
        Assert.True(ports.Count >= 5, $"only {ports.Count} ports were found");
        Assert.Equal(0, answered);
    }

    [Fact]
    public async Task ASwarmWithoutCertificatesCanBeAskedFor()
    {
        using DeployFixture deploy = new();
        deploy.Settings = deploy.Settings with { SwarmSecurity = "none" };

        DeploymentReport report = await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);

        Assert.True(report.Succeeded, string.Join('\n', deploy.Log));
    }

    private static string[] FoundIn(byte[] bytes) => [.. Secrets.Where(secret => bytes.AsSpan().IndexOf(secret) >= 0).Select(secret => Encoding.Latin1.GetString(secret))];

    private static IEnumerable<string> FilesOfHosts(DeployFixture deploy) =>
        Directory.EnumerateFiles(deploy.Settings.LocalDirectory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint });

    private static byte[] ReadOfProcess(int process, string name)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{process}/{name}");
        }
        catch (IOException)
        {
            return []; // it has just ended
        }
    }

    private static List<string> LinksOf(int process)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Select(link => new FileInfo(link).LinkTarget ?? "")];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // it has just ended
        }
    }

    /// <summary>TCP ports that the process listens on (proc(5): state 0A in /proc/net/tcp and tcp6).</summary>
    private static List<int> PortsOf(int process)
    {
        List<string> sockets = LinksOf(process);
        return [.. from table in (string[])["/proc/net/tcp", "/proc/net/tcp6"]
            from line in File.ReadAllLines(table).Skip(1)
            let words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            where words[3] == "0A" && sockets.Contains($"socket:[{words[9]}]")
            select int.Parse(words[1].AsSpan(words[1].IndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture)];
    }

    private static async Task<byte[]> HearAsync(int port, byte[] says)
    {
        using CancellationTokenSource late = new(TimeSpan.FromSeconds(60));
        using MemoryStream all = new();
        try
        {
            using TcpClient client = new();
            await client.ConnectAsync(IPAddress.Loopback, port, late.Token);
            await using NetworkStream stream = client.GetStream();
            await stream.WriteAsync(says, late.Token);
            await stream.CopyToAsync(all, late.Token);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // Refused, reset, or the deploy is over.
        }

        return all.ToArray();
    }
}

/// <summary>
/// Runs while nothing else does: the outsider knocks on every port of this process, and the servers of other tests would count him and answer.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class NothingBeside
{
    public const string Name = "nothing beside";
}
