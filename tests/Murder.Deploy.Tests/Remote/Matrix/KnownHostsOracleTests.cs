using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>
/// Tables of known_hosts files, each shown to the real <c>ssh</c> and to us, before the same sshd: the same verdict, and the same keys learnt. In the
/// files, a semicolon ends a line, <c>{host}</c> stands for the host's name with its port, <c>{ed25519}</c> and the like for its keys, and <c>{other}</c> for somebody else's.
/// </summary>
public sealed partial class KnownHostsOracleTests(KnownHostsOracleTests.Hosts hosts) : IClassFixture<KnownHostsOracleTests.Hosts>
{
    /// <summary>A host with three keys, by its plain lines.</summary>
    public static TheoryData<string> PlainLines =>
    [
        "",
        "{host} {ed25519}",
        "{host} {ecdsa}",
        "{host} {rsa}",
        "{hashed:host} {ed25519}",
        "{hashed:host} {ecdsa}",
        "{hashed:localhost} {ed25519}",
        "{hashed:elsewhere} {ed25519}",
        "localhost {ed25519}",
        "localhost {ecdsa}",
        "localhost {other}",
        "@revoked localhost {ed25519}",
        "127.0.0.1 {ed25519}",
        "{host} {other}",
        "{host} {other};{host} {ed25519}",
        "{host} {ed25519};{host} {other}",
        "{host} {other};localhost {ed25519}",
        "localhost {other};{host} {ed25519}",
        "* {ed25519}",
        "* {other}",
        "[local*]:* {ed25519}",
        "[localhos?]:{port} {ed25519}",
        "[localhost?]:{port} {ed25519}",
        "l?calhost {ed25519}",
        "*,!{host} {ed25519}",
        "!{host},* {ed25519}",
        "*,!localhost {ed25519}",
        "*,!elsewhere {ed25519}",
        "!elsewhere {ed25519}",
        "[LOCALHOST]:{port} {ed25519}",
        "[10.0.0.1]:22,{host} {ed25519}",
        "{host}, {ed25519}",
        "{host} {ed25519} a comment;# {host} {other}",
        "  {host}\t{ed25519};",
        "{host} {ed25519}\r;{host} {other-rsa}\r",
        "nonsense;{host};{host} ssh-ed25519;{host} ssh-ed25519 !!!;{host} {ed25519}",
        "{host} ssh-rsa {blob:ed25519}",
        "@odd {host} {ed25519}",
        "|1|x|y {ed25519}",
        "@revoked {host} {ed25519}",
        "@revoked * {ed25519};{host} {ed25519}",
        "{host} {ed25519};@revoked {host} {ed25519}",
        "@revoked {hashed:host} {ed25519};{host} {ed25519}",
        "@revoked localhost {ed25519};{host} {ed25519}",
        "@revoked {host} {ecdsa};{host} {ed25519}",
        "@revoked {host} {ed25519};{host} {ecdsa}",
        "@revoked {host} {other};{host} {ed25519}",
        "@revoked elsewhere {ed25519};{host} {ed25519}",
        "@cert-authority * {ed25519}",
        "@cert-authority * {other};{host} {ed25519}",
    ];

    /// <summary>A host with a certificate: for whom and when, and the lines.</summary>
    public static TheoryData<string, string> AuthorityLines
    {
        get
        {
            TheoryData<string, string> rows = new()
            {
                { "good", "@cert-authority {host} {ca}" },
                { "good", "@cert-authority [localhost]:* {ca}" },
                { "good", "@cert-authority localhost {ca}" },
                { "good", "@cert-authority {hashed:host} {ca}" },
                { "good", "@cert-authority elsewhere {ca}" },
                { "good", "@cert-authority *,!{host} {ca}" },
                { "good", "@cert-authority * {ca};@revoked * {ca}" },
                { "good", "@cert-authority * {ca};@revoked * {key}" },
                { "good", "@cert-authority * {ca};@revoked elsewhere {ca}" },
                { "good", "@revoked * {ca};{host} {key}" },
                { "good", "{host} {ca}" },
                { "expired", "@revoked * {ca};{host} {key}" },
                { "expired", "@revoked * {key};@cert-authority * {ca}" },
            };
            foreach (string certificate in (string[])["good", "wrong", "user", "expired"])
            {
                rows.Add(certificate, "@cert-authority * {ca}");
                rows.Add(certificate, "@cert-authority * {other}");
                rows.Add(certificate, "{host} {key}");
                rows.Add(certificate, "@cert-authority * {ca};{host} {key}");
                rows.Add(certificate, "@cert-authority * {ca};localhost {key}");
                rows.Add(certificate, "@cert-authority * {ca};{host} {other}");
                rows.Add(certificate, "@cert-authority * {other};{host} {key}");
            }

            return rows;
        }
    }

    /// <summary>What the configuration says besides, and the lines of the user's file.</summary>
    public static TheoryData<string, string> Configured => new()
    {
        { "StrictHostKeyChecking accept-new", "" },
        { "StrictHostKeyChecking accept-new", "{host} {ed25519}" },
        { "StrictHostKeyChecking accept-new", "{host} {other}" },
        { "StrictHostKeyChecking accept-new", "{hashed:host} {other}" },
        { "StrictHostKeyChecking accept-new", "localhost {other}" },
        { "StrictHostKeyChecking accept-new", "localhost {ed25519}" },
        { "StrictHostKeyChecking accept-new", "*,!{host} {other}" },
        { "StrictHostKeyChecking accept-new", "@revoked * {ed25519}" },
        { "StrictHostKeyChecking accept-new;HashKnownHosts yes", "elsewhere {ed25519}" },
        { "StrictHostKeyChecking accept-new;HostKeyAlias web", "" },
        { "StrictHostKeyChecking accept-new;HostKeyAlias web", "{host} {other}" },
        { "StrictHostKeyChecking ask", "" },
        { "StrictHostKeyChecking ask", "{host} {ed25519}" },
        { "HostKeyAlias web", "web {ed25519}" },
        { "HostKeyAlias Web", "web {ed25519}" },
        { "HostKeyAlias web", "{hashed:web} {ed25519}" },
        { "HostKeyAlias web", "{host} {ed25519}" },
        { "HostKeyAlias web", "[web]:{port} {ed25519}" },
        { "HostKeyAlias web", "web {other};{host} {ed25519}" },
        { "GlobalKnownHostsFile {file:{host} {ed25519}}", "" },
        { "GlobalKnownHostsFile {file:{host} {other}}", "" },
        { "GlobalKnownHostsFile {file:{host} {other}}", "{host} {ed25519}" },
        { "GlobalKnownHostsFile {file:@revoked * {ed25519}}", "{host} {ed25519}" },
        { "GlobalKnownHostsFile {file:# nothing} {file:{host} {ecdsa}}", "" },
        { "GlobalKnownHostsFile /absent", "{host} {ed25519}" },
        { "HostKeyAlgorithms +ssh-rsa", "{host} {ecdsa}" },
        { "HostKeyAlgorithms +ssh-rsa", "{host} {rsa}" },
        { "HostKeyAlgorithms -ecdsa-*", "{host} {rsa}" },
        { "HostKeyAlgorithms -ecdsa-*", "{host} {ecdsa}" },
        { "HostKeyAlgorithms ^rsa-sha2-512", "{host} {ecdsa}" },
        { "HostKeyAlgorithms ^rsa-sha2-512", "{host} {rsa}" },
        { "HostKeyAlgorithms rsa-sha2-512,ssh-ed25519", "{host} {ed25519}" },
        { "HostName LocalHost", "{host} {ed25519}" },
        { "HostName 127.0.0.1", "[127.0.0.1]:{port} {ed25519}" },
        { "HostName 127.0.0.1", "{host} {ed25519}" },
    };

    [Theory]
    [MemberData(nameof(PlainLines))]
    public Task Plain_lines(string knownHosts) => SameAsync("plain", "", knownHosts);

    [Theory]
    [MemberData(nameof(AuthorityLines))]
    public Task Lines_of_authorities(string certificate, string knownHosts) => SameAsync(certificate, "", knownHosts);

    [Theory]
    [InlineData("good", "@cert-authority * {other}")]
    [InlineData("good", "@cert-authority * {ca};@revoked * {ca}")]
    [InlineData("wrong", "@cert-authority * {ca}")]
    [InlineData("wrong", "@cert-authority * {ca};{host} {other}")]
    [InlineData("user", "@cert-authority * {ca}")]
    [InlineData("expired", "@cert-authority * {ca}")]
    public Task Lines_of_authorities_where_new_hosts_are_accepted(string certificate, string knownHosts) => SameAsync(certificate, "StrictHostKeyChecking accept-new", knownHosts);

    [Theory]
    [MemberData(nameof(Configured))]
    public Task Lines_and_settings(string settings, string knownHosts) => SameAsync("plain", settings, knownHosts);

    private async Task SameAsync(string host, string settings, string knownHosts)
    {
        using SshFixture ssh = hosts.Behind(host);
        string theirs = ssh.Directory.Write("theirs", Encoding.UTF8.GetBytes(hosts.Fill(host, knownHosts)));
        string ours = ssh.Directory.Write("ours", File.ReadAllBytes(theirs));
        string[] more = [.. settings.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(setting => OfFile().Replace(setting, file => Kept(ssh, hosts.Fill(host, file.Groups[1].Value))))];

        ssh.Configure("web1", hosts.Configuration(host, theirs, more));
        (string verdict, string said) = AskSsh(ssh.Options.ConfigFile!);
        ssh.Configure("web1", hosts.Configuration(host, ours, more));
        (string ourVerdict, string weSaid) = await AskUsAsync(ssh);

        Assert.True(verdict == ourVerdict, $"ssh: {verdict}, {said}\nwe: {ourVerdict}, {weSaid}\n{await File.ReadAllTextAsync(theirs)}");
        Assert.Equal(KeysIn(theirs), KeysIn(ours));
    }

    /// <summary>A file with these words in it.</summary>
    private static string Kept(SshFixture ssh, string content) => ssh.Directory.Write($"file-{Guid.NewGuid():N}", Encoding.UTF8.GetBytes(content));

    private static (string Verdict, string Said) AskSsh(string configFile)
    {
        using Process ssh = Process.Start(new ProcessStartInfo("ssh", ["-F", configFile, "-o", "BatchMode=yes", "web1", "true"]) { RedirectStandardError = true, RedirectStandardInput = true })!;
        ssh.StandardInput.Close();
        string errors = ssh.StandardError.ReadToEnd();
        ssh.WaitForExit();
        string verdict = ssh.ExitCode == 0 ? "trusted"
            : errors.Contains("HAS CHANGED", StringComparison.Ordinal) || errors.Contains("REVOKED", StringComparison.Ordinal) ? "changed"
            : errors.Contains("Host key verification failed", StringComparison.Ordinal) ? "unknown"
            : "neither";
        return (verdict, errors);
    }

    private static async Task<(string Verdict, string Said)> AskUsAsync(SshFixture ssh)
    {
        try
        {
            IRemoteShell shell = await new SshConnector(ssh.Options with { Engine = SshEngine.SshNet }, TimeProvider.System).OpenAsync(ssh.Host, CancellationToken.None);
            await shell.DisposeAsync();
            return ("trusted", "");
        }
        catch (HostException e)
        {
            return (e.Failure switch { HostFailure.HostKeyChanged => "changed", HostFailure.HostKeyUnknown => "unknown", _ => "neither" }, e.Message);
        }
    }

    /// <summary>In the order of their lines: who learnt what is to be the same, whether names are hashed or not.</summary>
    private static IEnumerable<string> KeysIn(string file) => File.ReadAllLines(file).Select(line => line.Trim().Split(' ')).Where(words => words.Length > 2).Select(words => words[2]);

    [GeneratedRegex(@"\{file:((?:[^{}]|\{[^{}]*\})*)\}")]
    private static partial Regex OfFile();

    /// <summary>The sshds, which all tests ask.</summary>
    public sealed partial class Hosts : IDisposable
    {
        /// <summary>A tenth of what the usual one takes of the processor, and no matter here.</summary>
        private const string CheapKeyExchange = "KexAlgorithms curve25519-sha256";

        private readonly TestDirectory _keys = new();
        private readonly Dictionary<string, LoopbackSshd> _sshds = [];

        public Hosts()
        {
            foreach (string key in (string[])["ca", "other", "good", "wrong", "user", "expired"])
            {
                KeyGen.Make(_keys.Combine(key), "ed25519");
            }

            KeyGen.Make(_keys.Combine("other-rsa"), "rsa");
            _sshds["plain"] = LoopbackSshd.Start(new LoopbackSshdOptions { HostKeyTypes = ["ed25519", "ecdsa", "rsa"], ConfigLines = [CheapKeyExchange] });
            Certify("good", "-h", "-n", "localhost");
            Certify("wrong", "-h", "-n", "elsewhere");
            Certify("user", "-n", "localhost");
            Certify("expired", "-h", "-n", "localhost", "-V", "20200101:20200201");
        }

        internal SshFixture Behind(string host) => new(_sshds[host]);

        internal string[] Configuration(string host, string knownHosts, string[] more) =>
        [
            "Host web1",
            .. more.Select(setting => "  " + setting), // first: they go before those below
            "  HostName localhost",
            $"  Port {_sshds[host].Port}",
            $"  User {_sshds[host].User}",
            $"  IdentityFile {_sshds[host].ClientKeyPath}",
            "  IdentityAgent none",
            $"  UserKnownHostsFile {knownHosts}",
            "  GlobalKnownHostsFile none",
            "  StrictHostKeyChecking yes",
            "  HashKnownHosts no",
        ];

        internal string Fill(string host, string lines)
        {
            LoopbackSshd sshd = _sshds[host];
            string name = $"[localhost]:{sshd.Port}";
            string filled = Placeholder().Replace(lines, place => place.Groups[1].Value switch
            {
                "host" => name,
                "port" => $"{sshd.Port}",
                "key" => PublicKey(host),
                "ca" or "other" or "other-rsa" => PublicKey(place.Groups[1].Value),
                "blob:ed25519" => TypeAndBlob(sshd.HostKeyPath("ed25519")).Split(' ')[1],
                "hashed:host" => Hashed(name),
                ['h', 'a', 's', 'h', 'e', 'd', ':', .. var other] => Hashed(other),
                var type => TypeAndBlob(sshd.HostKeyPath(type)),
            });
            return filled.Replace(';', '\n') + "\n";
        }

        public void Dispose()
        {
            foreach (LoopbackSshd sshd in _sshds.Values)
            {
                sshd.Dispose();
            }

            _keys.Dispose();
        }

        private void Certify(string name, params string[] arguments)
        {
            string key = _keys.Combine(name);
            Command.Run("ssh-keygen", ["-q", "-s", _keys.Combine("ca"), "-I", "murder-test", .. arguments, key + ".pub"]);
            _sshds[name] = LoopbackSshd.Start(new LoopbackSshdOptions { HostKeyTypes = [], ConfigLines = [CheapKeyExchange, $"HostKey {key}", $"HostCertificate {key}-cert.pub"] });
        }

        private string PublicKey(string name) => TypeAndBlob(_keys.Combine(name));

        private static string TypeAndBlob(string key) => string.Join(' ', File.ReadAllText(key + ".pub").Split(' ').Take(2));

        private string Hashed(string name)
        {
            string file = _keys.Write($"hash-{Guid.NewGuid():N}", Encoding.UTF8.GetBytes($"{name} {PublicKey("other")}\n"));
            KeyGen.HashNames(file);
            return File.ReadAllText(file).Split(' ')[0];
        }

        [GeneratedRegex(@"\{([a-z0-9:-]+)\}")]
        private static partial Regex Placeholder();
    }
}
