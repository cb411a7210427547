using System.Globalization;
using System.Text;
using Murder.Deploy;
using Murder.Testing;

namespace Murder.Benchmarks;

/// <summary>Real sshds on loopback, each with a port and a host key of its own and sshd's own defaults, one key that logs in to all of them, and one cache of agents.</summary>
internal sealed class SshFleet : IDisposable
{
    private const string User = "murder-bench";

    private readonly List<LoopbackSshd> _sshds = [];
    private readonly Workplace _place;
    private readonly string _key;
    private readonly string _knownHosts;

    private SshFleet(Workplace place, IReadOnlyList<LoopbackSshd> sshds, string key)
    {
        _place = place;
        _sshds.AddRange(sshds);
        _key = key;
        _knownHosts = place.File("known_hosts");
        File.WriteAllLines(_knownHosts, sshds.Select(sshd => sshd.KnownHostsLine("ed25519")));
    }

    /// <param name="lines">of each sshd's configuration</param>
    public static SshFleet Start(Workplace place, int count, params IEnumerable<string> lines)
    {
        string key = place.File("key");
        if (!File.Exists(key))
        {
            KeyGen.Make(key, "ed25519");
        }

        string cache = place.Folder("cache");
        string? user = Environment.UserName == "root" ? User : null; // with a home of its own, and not what a person has put into the profile of root
        LoopbackSshdOptions options = new() { User = user, ConfigLines = [.. lines, $"AuthorizedKeysFile {key}.pub", $"SetEnv XDG_CACHE_HOME={cache}"] };
        LoopbackSshd.Start(options).Dispose(); // makes the account
        if (user is not null)
        {
            Command.Run("chmod", "711", Path.GetDirectoryName(cache)!);
            Command.Run("chown", user, cache);
        }

        return new SshFleet(place, [.. Enumerable.Range(0, count).AsParallel().Select(_ => LoopbackSshd.Start(options))], key);
    }

    /// <summary>A deploy to so many hosts, one after the other on the sshds there are.</summary>
    public DeploymentSettings SettingsFor(int hosts) => new()
    {
        ProjectDirectory = _place.Folder("project"),
        Application = "bench",
        Version = "1.0.0",
        PublishDirectory = _place.Folder("project", "publish"),
        Hosts = string.Join(' ', Enumerable.Range(0, hosts).Select(NameOf)),
        HostItems = [.. Enumerable.Range(0, hosts).Select(ItemOf)],
        KnownHosts = _knownHosts,
        IdentityFile = _key,
        AgentDirectory = Environment.GetEnvironmentVariable("MURDER_AGENTS") ?? throw new FormatException("MURDER_AGENTS does not say where the agents are"),
        StateDirectory = _place.Folder("state"),
        ReportDirectory = _place.Folder("report"),
    };

    /// <summary>Logs in to every sshd at once by <c>ssh</c>, to run <c>true</c>, with what our own SSH prefers too.</summary>
    /// <returns>the seconds until the last has ended</returns>
    public double TimeOpenSsh()
    {
        string script = _place.File("ssh.sh");
        StringBuilder lines = new("set -e\npids=\n");
        foreach (LoopbackSshd sshd in _sshds)
        {
            lines.AppendLine(CultureInfo.InvariantCulture, $"ssh -F /dev/null -T -o BatchMode=yes -o KexAlgorithms=curve25519-sha256 -o Ciphers=aes128-gcm@openssh.com -o UserKnownHostsFile={_knownHosts} -o IdentitiesOnly=yes -i {_key} -p {sshd.Port} {sshd.User}@{sshd.Address} true & pids=\"$pids $!\"");
        }

        lines.AppendLine("for pid in $pids; do wait $pid; done");
        File.WriteAllText(script, lines.ToString());
        return Measure.Time("sh", script);
    }

    public void Dispose() => _sshds.ForEach(sshd => sshd.Dispose());

    private static string NameOf(int host) => $"web{host:0000}";

    private HostItem ItemOf(int host)
    {
        LoopbackSshd sshd = _sshds[host % _sshds.Count];
        return new HostItem(NameOf(host)) { Address = sshd.Address, Port = sshd.Port.ToString(CultureInfo.InvariantCulture), User = sshd.User, Root = $"/nonexistent/{NameOf(host)}" };
    }
}
