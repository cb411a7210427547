using System.Text;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>The system's ssh is taken by itself for what SSH.NET cannot do with a host's identities, and for nothing else.</summary>
public sealed class EngineChoiceTests : IDisposable
{
    private const string HardwareType = "sk-ssh-ed25519@openssh.com";

    private readonly TestDirectory _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void A_key_of_a_security_token_takes_ssh_whether_its_public_half_lies_beside_it_or_not()
    {
        string beside = _home.Write("beside", "only the token can use it"u8);
        _home.Write("beside.pub", Encoding.ASCII.GetBytes($"{HardwareType} {Convert.ToBase64String(Blob(HardwareType))} me\n"));
        string alone = _home.Write("alone", Encoding.ASCII.GetBytes(KeyFile(Blob(HardwareType))));

        Assert.Contains(beside, NeedOf(beside), StringComparison.Ordinal);
        Assert.Contains(alone, NeedOf(alone), StringComparison.Ordinal);
        Assert.Contains(alone, EngineChoice.NeedsOpenSsh(Host(), Options() with { IdentityFile = alone }, _ => null), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ed25519")]
    [InlineData("rsa")]
    public void Any_other_key_does_not(string type)
    {
        string key = _home.Combine("key");
        KeyGen.Make(key, type, "encrypted");
        File.Delete(key + ".pub");

        Assert.Null(NeedOf(key));
        Assert.Null(NeedOf(_home.Write("text", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n"u8)));
        Assert.Null(NeedOf(_home.Combine("absent")));
    }

    [Fact]
    public void A_key_in_an_agent_is_enough_where_Kerberos_is_only_allowed()
    {
        string key = _home.Combine("key");
        KeyGen.Make(key, "ed25519");
        using RunningKeyAgent agent = RunningKeyAgent.Start(_home.Combine("agent"));
        agent.Add(key);

        Assert.Null(EngineChoice.NeedsOpenSsh(Host(kerberos: true, agent: agent.Socket), Options(), _ => null));
    }

    /// <summary>Debian's configuration allows Kerberos to everybody.</summary>
    [Fact]
    public void Kerberos_takes_ssh_where_there_is_a_ticket_or_nothing_else()
    {
        string key = _home.Combine("key");
        KeyGen.Make(key, "ed25519");
        string ticket = _home.Write("ticket", "x"u8);
        string? Need(bool kerberos, string? cache, params string[] keys) =>
            EngineChoice.NeedsOpenSsh(Host(kerberos, keys: keys), Options(), name => name == "KRB5CCNAME" ? cache : null);

        Assert.Null(Need(kerberos: true, cache: _home.Combine("absent"), key));
        Assert.Equal("GSSAPIAuthentication", Need(kerberos: true, cache: ticket, key));
        Assert.Equal("GSSAPIAuthentication", Need(kerberos: true, cache: $"FILE:{ticket}", key));
        Assert.Equal("GSSAPIAuthentication", Need(kerberos: true, cache: "KEYRING:persistent:1000", key));
        Assert.Equal("GSSAPIAuthentication", Need(kerberos: true, cache: _home.Combine("absent")));
        Assert.Null(Need(kerberos: false, cache: ticket, key));
        Assert.Null(EngineChoice.NeedsOpenSsh(Host(kerberos: true), Options() with { IdentityFile = key }, name => name == "KRB5CCNAME" ? ticket : null));
    }

    private static string? NeedOf(string key) => EngineChoice.NeedsOpenSsh(Host(keys: key), Options(), _ => null);

    private static TargetHost Host(bool kerberos = false, string? agent = null, params string[] keys) => new("web")
    {
        Address = "web",
        Root = "/srv",
        Ssh = new SshConfig { HostName = "web", Port = 22, User = "me", IdentityFiles = keys, IdentityAgent = agent, UsesKerberos = kerberos },
    };

    private static SshOptions Options() => new()
    {
        UsualKnownHostsFiles = [],
        UsualIdentityFiles = [],
        DefaultUser = "me",
        HomeDirectory = "/nonexistent",
        ProjectDirectory = "/nonexistent",
    };

    private static byte[] Blob(string type) => [.. Text(Encoding.ASCII.GetBytes(type)), .. Text(new byte[32]), .. Text("ssh:"u8)];

    /// <summary>As PROTOCOL.key of OpenSSH has it, as far as it is not secret.</summary>
    private static string KeyFile(byte[] blob)
    {
        byte[] content = [.. "openssh-key-v1\0"u8, .. Text("none"u8), .. Text("none"u8), .. Text([]), 0, 0, 0, 1, .. Text(blob), .. Text(new byte[64])];
        return $"-----BEGIN OPENSSH PRIVATE KEY-----\n{Convert.ToBase64String(content, Base64FormattingOptions.InsertLineBreaks)}\n-----END OPENSSH PRIVATE KEY-----\n";
    }

    private static byte[] Text(ReadOnlySpan<byte> text) => [0, 0, (byte)(text.Length >> 8), (byte)text.Length, .. text];
}
