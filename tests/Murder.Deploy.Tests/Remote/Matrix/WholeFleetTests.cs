using System.Globalization;
using System.Text;
using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>One deploy, with the real agent, to a fleet in which something else is the matter with every host but two: those run the release in the end.</summary>
public sealed class WholeFleetTests : IDisposable
{
    private readonly List<IDisposable> _parts = [];

    public void Dispose()
    {
        _parts.Reverse();
        _parts.ForEach(part => part.Dispose());
    }

    [RootFact]
    public async Task Every_bad_host_is_named_with_its_reason_and_no_good_one_is_the_worse_for_it()
    {
        await Task.WhenAll(MatrixRow.Engines.Select(DeployAsync));
    }

    private async Task DeployAsync(string engine)
    {
        DeployFixture deploy = Own(new DeployFixture());
        Fleet fleet = new(deploy);
        LoopbackSshd other = Sshd();
        string[] mounts = ["/tmp", "/var/tmp", "/dev/shm", "~"];

        fleet.Add("good1", Sshd());
        fleet.Add("down", Sshd(), null, host => host with { Port = "1" }, "MURDER0301");
        fleet.Add("silent", Sshd(), null, host => host with { Port = Own(new ScriptedServer((stream, _) => stream.CopyToAsync(Stream.Null))).Port.ToString(CultureInfo.InvariantCulture) }, "MURDER0301");
        fleet.Add("dying", Sshd("ForceCommand kill -9 $PPID"), "MURDER0301");
        fleet.Add("unknown", Sshd(), "# nobody", host => host, "MURDER0302");
        LoopbackSshd changed = Sshd();
        fleet.Add("changed", changed, other.KnownHostsLine("ed25519", $"[127.0.0.1]:{changed.Port}"), host => host, "MURDER0303");
        LoopbackSshd revoked = Sshd();
        fleet.Add("revoked", revoked, "@revoked " + revoked.KnownHostsLine("ed25519"), host => host, "MURDER0303");
        fleet.Add("refusing", Sshd(), null, host => host with { IdentityFile = other.ClientKeyPath }, "MURDER0304");
        fleet.Add("locked", Sshd(), null, host => host with { IdentityFile = Encrypted(deploy) }, "MURDER0305");
        fleet.Add("nologin", Sshd("ForceCommand /usr/sbin/nologin"), "MURDER0306");
        fleet.Add("files", Sshd("ForceCommand internal-sftp"), "MURDER0306");
        fleet.Add("noexec", Sshd($"ForceCommand exec unshare --mount sh -c '{string.Join("; ", mounts.Select(folder => $"mount -t tmpfs -o noexec none {folder}"))}; eval \"$SSH_ORIGINAL_COMMAND\"'"), "MURDER0308");
        fleet.Add("readonly", Sshd(), "MURDER0402");
        Own(new SmallDisk(deploy.RootOver("readonly"), "ro"));
        fleet.Add("full", Sshd(), "MURDER0403");
        Own(new SmallDisk(deploy.RootOver("full"), "size=1m"));
        fleet.Add("good2", Sshd());
        deploy.PackAgent();

        DeploymentReport report = await Deployment.DeployAsync(fleet.Settings with { SshEngine = engine }, activate: true, deploy, CancellationToken.None);

        Assert.True(report.Succeeded, string.Join('\n', deploy.Log));
        Assert.Equal(fleet.Expected, report.Hosts.Select(host => $"{host.Name} {host.State} {host.Code}".Trim()));
        Assert.All(report.Hosts.Where(host => host.Failure is not null), host => Assert.Contains(deploy.Log, line => line.Trim().StartsWith($"{host.Name}: {host.Failure}: ", StringComparison.Ordinal)));
        Assert.All(report.Hosts.Where(host => host.Failure is not null), host => Assert.NotEmpty(host.Remedy!));
        Assert.All(report.Hosts.Where(host => host.Failure is not null), host => Assert.Contains(deploy.Problems, problem => problem.Text.Contains(host.Name, StringComparison.Ordinal)));
        Assert.All(["good1", "good2"], name => Assert.Equal(TreeSnapshot.Of(deploy.PublishDirectory), TreeSnapshot.Of(Path.Combine(deploy.RootOver(name), "current/"))));
    }

    private static string Encrypted(DeployFixture deploy)
    {
        string key = deploy.Directory.Combine("locked_key");
        KeyGen.Make(key, "ed25519", "a secret");
        return key;
    }

    private LoopbackSshd Sshd(params string[] config) => Own(LoopbackSshd.Start(new LoopbackSshdOptions { ConfigLines = config }));

    private T Own<T>(T part)
        where T : IDisposable
    {
        lock (_parts)
        {
            _parts.Add(part);
        }

        return part;
    }

    /// <summary>Hosts, what is known of their keys, and what is to become of them.</summary>
    private sealed class Fleet(DeployFixture deploy)
    {
        private readonly List<HostItem> _hosts = [];
        private readonly StringBuilder _knownHosts = new();

        public List<string> Expected { get; } = [];

        public DeploymentSettings Settings => deploy.Settings with
        {
            Hosts = string.Join(' ', _hosts.Select(host => host.Include)),
            HostItems = [.. _hosts],
            KnownHosts = deploy.Directory.Write("known_hosts", Encoding.UTF8.GetBytes(_knownHosts.ToString())),
            MaxFailedHosts = $"{_hosts.Count}",
        };

        public void Add(string name, LoopbackSshd sshd, string? code = null) => Add(name, sshd, null, host => host, code);

        /// <param name="knownHosts">a line; null for the host's own key</param>
        public void Add(string name, LoopbackSshd sshd, string? knownHosts, Func<HostItem, HostItem> change, string? code)
        {
            HostItem host = change(deploy.HostOver(sshd, name));
            _hosts.Add(host);
            _knownHosts.AppendLine(knownHosts ?? sshd.KnownHostsLine("ed25519", $"[127.0.0.1]:{host.Port}"));
            Expected.Add(code is null ? $"{name} Active" : $"{name} Failed {code}");
        }
    }
}
