using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>Hosts whose key is not what is known of them.</summary>
public sealed class ShownHostKeyTests : IDisposable
{
    private readonly TestDirectory _keys = new();

    public static TheoryData<string> Engines => [.. MatrixRow.Engines];

    /// <summary>Arguments with which ssh-keygen certifies a host, and whether that is to be believed.</summary>
    public static TheoryData<string, string, bool> Certificates
    {
        get
        {
            TheoryData<string, string, bool> rows = [];
            foreach (string engine in MatrixRow.Engines)
            {
                rows.Add(engine, "-h -n 127.0.0.1", true);
                rows.Add(engine, "-h -n web9.example.com", false);
                rows.Add(engine, "-n 127.0.0.1", false); // a user's
                rows.Add(engine, "-h -n 127.0.0.1 -V 20200101:20200201", false);
                rows.Add(engine, "-h -n 127.0.0.1 -V 21000101:forever", false);
            }

            rows.Add(nameof(SshEngine.SshNet), "-h -n web9,127.0.0.*", true); // the authority wants it so, and not every ssh understands

            return rows;
        }
    }

    public void Dispose() => _keys.Dispose();

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_key_that_nobody_knows_is_refused(string engine)
    {
        using MatrixRow row = new(engine);
        row.TrustOnly("# nobody");

        Problem problem = await row.FailsAsync();

        Assert.Equal("MURDER0302", problem.Code);
        Assert.Contains(engine == nameof(SshEngine.SshNet) ? FingerprintOf(row.Sshd.HostKeyPath("ed25519")) : "ED25519", problem.Text, StringComparison.Ordinal);
        Assert.Contains($"ssh-keyscan -p {row.Sshd.Port} 127.0.0.1", problem.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_key_that_has_changed_is_refused_with_the_line_that_has_the_old_one(string engine)
    {
        using MatrixRow row = new(engine);
        using LoopbackSshd other = LoopbackSshd.Start();
        row.TrustOnly("# the old machine", other.KnownHostsLine("ed25519", $"[127.0.0.1]:{row.Sshd.Port}"));

        Problem problem = await row.FailsAsync();

        Assert.Equal("MURDER0303", problem.Code);
        Assert.Contains("known_hosts:2", problem.Text, StringComparison.Ordinal);
        Assert.Contains(FingerprintOf(row.Sshd.HostKeyPath("ed25519")), problem.Text, StringComparison.Ordinal);
        Assert.Contains($"ssh-keygen -R '[127.0.0.1]:{row.Sshd.Port}'", problem.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_key_that_is_revoked_is_refused_though_another_line_trusts_it(string engine)
    {
        using MatrixRow row = new(engine);
        row.TrustOnly(row.Sshd.KnownHostsLine("ed25519"), "@revoked " + row.Sshd.KnownHostsLine("ed25519", "*"));

        Problem problem = await row.FailsAsync();

        Assert.Equal("MURDER0303", problem.Code);
        Assert.Contains("revoke", problem.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(Certificates))]
    public async Task A_certificate_counts_if_it_speaks_for_the_host_today(string engine, string arguments, bool isGood)
    {
        using MatrixRow row = new(engine, Certified(arguments, out string authority));
        row.TrustOnly($"@cert-authority [127.0.0.1]:* {authority}");
        if (isGood)
        {
            await row.AnswersAsync();
            return;
        }

        Problem problem = await row.FailsAsync();

        Assert.Equal("MURDER0302", problem.Code);
        Assert.Contains("certificate", problem.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_certificate_of_an_authority_that_is_revoked_is_refused(string engine)
    {
        using MatrixRow row = new(engine, Certified("-h -n 127.0.0.1", out string authority));
        row.TrustOnly($"@cert-authority * {authority}", $"@revoked * {authority}");

        Assert.Equal("MURDER0303", (await row.FailsAsync()).Code);
    }

    private LoopbackSshdOptions Certified(string arguments, out string authority)
    {
        string signer = _keys.Combine("ca");
        string hostKey = _keys.Combine("host");
        KeyGen.Make(signer, "ed25519");
        KeyGen.Make(hostKey, "ed25519");
        Command.Run("ssh-keygen", ["-q", "-s", signer, "-I", "murder-test", .. arguments.Split(' '), hostKey + ".pub"]);
        authority = string.Join(' ', File.ReadAllText(signer + ".pub").Split(' ').Take(2));
        return new LoopbackSshdOptions { ConfigLines = [$"HostKey {hostKey}", $"HostCertificate {hostKey}-cert.pub"] };
    }

    private static string FingerprintOf(string key) => Command.Run("ssh-keygen", "-l", "-f", key + ".pub").Split(' ')[1];
}
