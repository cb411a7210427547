using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>The other sshd there is, on small machines.</summary>
public sealed class DropbearTests
{
    [RootTheory]
    [InlineData(nameof(SshEngine.SshNet), "ed25519")]
    [InlineData(nameof(SshEngine.SshNet), "ecdsa")]
    [InlineData(nameof(SshEngine.SshNet), "rsa")]
    [InlineData(nameof(SshEngine.OpenSsh), "ed25519")]
    public async Task A_dropbear_is_as_good_as_an_OpenSSH(string engine, string keyType)
    {
        using LoginAccount account = new("/bin/bash");
        using LoopbackDropbear dropbear = new(keyType);
        using MatrixRow row = Behind(dropbear, account, engine);

        Assert.Equal(row.AgentFile, await row.AnswersAsync());
    }

    [RootTheory]
    [InlineData(nameof(SshEngine.SshNet))]
    [InlineData(nameof(SshEngine.OpenSsh))]
    public async Task A_dropbear_with_another_key_or_without_ours_is_told(string engine)
    {
        using LoginAccount account = new("/bin/bash");
        using LoopbackDropbear dropbear = new("ed25519");
        using MatrixRow row = Behind(dropbear, account, engine);
        account.Write(".ssh/authorized_keys", "# nobody\n"u8);

        Assert.Equal("MURDER0304", (await row.FailsAsync()).Code);

        row.TrustOnly(row.Sshd.KnownHostsLine("ed25519", $"[127.0.0.1]:{dropbear.Port}"));
        Assert.Equal("MURDER0303", (await row.FailsAsync()).Code);
    }

    private static MatrixRow Behind(LoopbackDropbear dropbear, LoginAccount account, string engine)
    {
        MatrixRow row = new(engine, new LoopbackSshdOptions { User = account.Name });
        account.Write(".ssh/authorized_keys", File.ReadAllBytes(row.Sshd.ClientKeyPath + ".pub"));
        row["Port"] = $"{dropbear.Port}";
        row["UserKnownHostsFile"] = dropbear.KnownHostsPath;
        return row;
    }
}
