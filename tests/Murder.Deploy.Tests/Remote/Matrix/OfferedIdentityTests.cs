using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>What can be offered to a host to log in with.</summary>
public sealed class OfferedIdentityTests : IDisposable
{
    private readonly TestDirectory _keys = new();

    public OfferedIdentityTests() => Command.Run("chmod", "711", _keys.Path); // sshd reads authorized keys as the user

    public static TheoryData<string> Engines => [.. MatrixRow.Engines];

    /// <summary>Arguments with which ssh-keygen certifies a user, and whether the host lets him in.</summary>
    public static TheoryData<string, string, bool> Certificates
    {
        get
        {
            TheoryData<string, string, bool> rows = [];
            foreach (string engine in MatrixRow.Engines)
            {
                rows.Add(engine, $"-n {Environment.UserName}", true);
                rows.Add(engine, "-n somebody", false);
                rows.Add(engine, $"-n {Environment.UserName} -V 20200101:20200201", false);
            }

            return rows;
        }
    }

    public void Dispose() => _keys.Dispose();

    [Theory]
    [MemberData(nameof(Certificates))]
    public async Task A_certificate_beside_the_key_logs_in_where_its_authority_is_trusted(string engine, string arguments, bool isGood)
    {
        (string key, string authority) = Certified(arguments);
        using MatrixRow row = new(engine, new LoopbackSshdOptions { ConfigLines = ["AuthorizedKeysFile none", $"TrustedUserCAKeys {authority}.pub"] });
        row["IdentityFile"] = key;
        if (isGood)
        {
            await row.AnswersAsync();
            return;
        }

        Problem problem = await row.FailsAsync();

        Assert.Equal("MURDER0304", problem.Code);
        Assert.Contains("authorized_keys", problem.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(SshEngine.SshNet), "ed25519")]
    [InlineData(nameof(SshEngine.SshNet), "ecdsa")]
    [InlineData(nameof(SshEngine.SshNet), "rsa")]
    [InlineData(nameof(SshEngine.OpenSsh), "ed25519")]
    public async Task A_key_that_only_an_agent_has_logs_in(string engine, string type)
    {
        string key = _keys.Combine("key");
        KeyGen.Make(key, type);
        using MatrixRow row = new(engine, new LoopbackSshdOptions { ConfigLines = [$"AuthorizedKeysFile {key}.pub"] });
        using RunningKeyAgent agent = RunningKeyAgent.Start(_keys.Combine("agent"));
        agent.Add(key);
        File.Delete(key);
        row["IdentityFile"] = "/absent";
        row["IdentityAgent"] = agent.Socket;

        await row.AnswersAsync();
    }

    /// <summary>As password managers and hardware keys have it: the configuration names the public half, and the agent has the other.</summary>
    [Theory]
    [InlineData(nameof(SshEngine.SshNet), "key.pub")]
    [InlineData(nameof(SshEngine.SshNet), "key")]
    [InlineData(nameof(SshEngine.OpenSsh), "key.pub")]
    public async Task The_public_half_says_which_key_of_an_agent_is_meant(string engine, string named)
    {
        string key = _keys.Combine("key");
        KeyGen.Make(key, "ed25519");
        using MatrixRow row = new(engine, new LoopbackSshdOptions { ConfigLines = [$"AuthorizedKeysFile {key}.pub", "MaxAuthTries 1"] });
        using RunningKeyAgent agent = RunningKeyAgent.Start(_keys.Combine("agent"));
        KeyGen.Make(_keys.Combine("other"), "ed25519");
        agent.Add(_keys.Combine("other"));
        agent.Add(key);
        File.Delete(key);
        row["IdentityFile"] = _keys.Combine(named);
        row["IdentitiesOnly"] = "yes";
        row["IdentityAgent"] = agent.Socket;

        await row.AnswersAsync();
    }

    [Fact]
    public async Task A_public_key_alone_is_said_to_be_one()
    {
        string key = _keys.Combine("key");
        KeyGen.Make(key, "ed25519");
        using MatrixRow row = new(nameof(SshEngine.SshNet));
        row["IdentityFile"] = $"{key}.pub";
        row["IdentitiesOnly"] = "yes";

        Problem problem = await row.FailsAsync();

        Assert.Equal("MURDER0305", problem.Code);
        Assert.Contains($"{key}.pub is there only as a public key", problem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_wants_a_password_beside_the_key_is_said_to()
    {
        using MatrixRow row = new(nameof(SshEngine.SshNet), new LoopbackSshdOptions { ConfigLines = ["PasswordAuthentication yes", "AuthenticationMethods publickey,password"] });

        Problem problem = await row.FailsAsync();

        Assert.Equal("MURDER0304", problem.Code);
        Assert.Contains("it asks for password, which a build cannot answer", problem.Text, StringComparison.Ordinal);
    }

    /// <summary>As with ssh, keys of an agent come before files; but then it is to be seen that the one that fits was not among them.</summary>
    [Fact]
    public async Task Keys_that_are_too_many_to_be_offered_are_named()
    {
        using RunningKeyAgent agent = RunningKeyAgent.Start(_keys.Combine("agent"));
        foreach (int number in Enumerable.Range(0, 6))
        {
            KeyGen.Make(_keys.Combine($"key{number}"), "ed25519");
            agent.Add(_keys.Combine($"key{number}"));
        }

        using MatrixRow row = new(nameof(SshEngine.SshNet));
        row["IdentityAgent"] = agent.Socket;

        Problem problem = await row.FailsAsync();

        Assert.Equal("MURDER0304", problem.Code);
        Assert.Matches($"not offered: .*{row.Sshd.ClientKeyPath}.*IdentitiesOnly", problem.Text);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_certificate_that_only_an_agent_has_logs_in(string engine)
    {
        (string key, string authority) = Certified($"-n {Environment.UserName}");
        using MatrixRow row = new(engine, new LoopbackSshdOptions { ConfigLines = ["AuthorizedKeysFile none", $"TrustedUserCAKeys {authority}.pub"] });
        using RunningKeyAgent agent = RunningKeyAgent.Start(_keys.Combine("agent"));
        agent.Add(key);
        File.Delete(key);
        row["IdentityFile"] = "/absent";
        row["IdentityAgent"] = agent.Socket;

        await row.AnswersAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_key_that_the_host_does_not_accept_is_named(string engine)
    {
        string key = _keys.Combine("key");
        KeyGen.Make(key, "ed25519");
        using MatrixRow row = new(engine);
        row["IdentityFile"] = key;

        Problem problem = await row.FailsAsync();

        Assert.Equal("MURDER0304", problem.Code);
        Assert.Contains($"{row.Sshd.User}", problem.Text, StringComparison.Ordinal);
        Assert.Contains("authorized_keys", problem.Remedy, StringComparison.Ordinal);
        if (engine == nameof(SshEngine.SshNet))
        {
            Assert.Contains($"{key} ({Command.Run("ssh-keygen", "-l", "-f", key).Split(' ')[1]})", problem.Text, StringComparison.Ordinal);
        }
    }

    /// <summary>The key file is encrypted, and that is no matter.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_key_of_an_agent_that_is_refused_is_not_said_to_lack_its_passphrase(string engine)
    {
        string key = _keys.Combine("key");
        KeyGen.Make(key, "ed25519");
        using RunningKeyAgent agent = RunningKeyAgent.Start(_keys.Combine("agent"));
        agent.Add(key);
        Command.Run("ssh-keygen", "-q", "-p", "-P", "", "-N", "a secret", "-f", key);
        using MatrixRow row = new(engine);
        row["IdentityFile"] = key;
        row["IdentityAgent"] = agent.Socket;

        Problem problem = await row.FailsAsync();

        Assert.Equal("MURDER0304", problem.Code);
        Assert.DoesNotContain("encrypted", problem.Text, StringComparison.Ordinal);
    }

    /// <summary>The one that is offered is refused, and the one that might be let in cannot be opened.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_refusal_tells_of_the_keys_that_could_not_be_offered(string engine)
    {
        string key = _keys.Combine("key");
        KeyGen.Make(key, "ed25519");
        string locked = _keys.Combine("locked");
        KeyGen.Make(locked, "ed25519", "a secret");
        using MatrixRow row = new(engine);
        row["IdentityFile"] = $"{key}\n  IdentityFile {locked}";

        Problem problem = await row.FailsAsync();

        Assert.Equal("MURDER0304", problem.Code);
        Assert.Contains($"{locked} is encrypted", problem.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_encrypted_key_logs_in_with_its_passphrase(string engine)
    {
        using MatrixRow row = Encrypted(engine, passphrase: "it's $a \"secret\"");

        await row.AnswersAsync();
    }

    [Theory]
    [InlineData(nameof(SshEngine.SshNet), null)]
    [InlineData(nameof(SshEngine.SshNet), "another")]
    [InlineData(nameof(SshEngine.OpenSsh), null)]
    [InlineData(nameof(SshEngine.OpenSsh), "another")]
    public async Task An_encrypted_key_without_its_passphrase_is_named_with_where_to_put_that(string engine, string? passphrase)
    {
        using MatrixRow row = Encrypted(engine, passphrase);

        Problem problem = await row.FailsAsync();

        Assert.Equal("MURDER0305", problem.Code);
        Assert.Contains(_keys.Combine("key"), problem.Text, StringComparison.Ordinal);
        Assert.Contains("passphrase", problem.Text, StringComparison.Ordinal);
        Assert.Contains("MURDER_PASSPHRASE", problem.Remedy, StringComparison.Ordinal);
    }

    /// <summary>Formats that are not OpenSSH's own.</summary>
    [Theory]
    [InlineData("PEM", "a secret")]
    [InlineData("PEM", null)]
    [InlineData("PEM", "another")]
    [InlineData("PKCS8", "a secret")]
    [InlineData("PKCS8", null)]
    [InlineData("PKCS8", "another")]
    public async Task A_key_in_an_older_format_opens_with_its_passphrase_and_is_named_without(string format, string? passphrase)
    {
        string key = _keys.Combine("key");
        Command.Run("ssh-keygen", "-q", "-t", "rsa", "-m", format, "-N", "a secret", "-f", key);
        using MatrixRow row = new(nameof(SshEngine.SshNet), new LoopbackSshdOptions { ConfigLines = [$"AuthorizedKeysFile {key}.pub"] });
        row["IdentityFile"] = key;
        row["IdentitiesOnly"] = "yes"; // the neighbour has a key of its own
        row.Options = row.Options with { Passphrase = passphrase };
        if (passphrase == "a secret")
        {
            await row.AnswersAsync();
            return;
        }

        Problem problem = await row.FailsAsync();

        Assert.Equal("MURDER0305", problem.Code);
        Assert.Contains($"{key} is encrypted", problem.Text, StringComparison.Ordinal);
    }

    /// <param name="passphrase">that is given</param>
    private MatrixRow Encrypted(string engine, string? passphrase)
    {
        string key = _keys.Combine("key");
        KeyGen.Make(key, "ed25519", "it's $a \"secret\"");
        MatrixRow row = new(engine, new LoopbackSshdOptions { ConfigLines = [$"AuthorizedKeysFile {key}.pub"] });
        row["IdentityFile"] = key;
        row["IdentitiesOnly"] = "yes"; // the neighbour has a key of its own
        row.Options = row.Options with { Passphrase = passphrase };
        return row;
    }

    private (string Key, string Authority) Certified(string arguments)
    {
        string authority = _keys.Combine("ca");
        string key = _keys.Combine("key");
        KeyGen.Make(authority, "ed25519");
        KeyGen.Make(key, "ed25519");
        Command.Run("ssh-keygen", ["-q", "-s", authority, "-I", "murder-test", .. arguments.Split(' '), key + ".pub"]);
        return (key, authority);
    }
}
