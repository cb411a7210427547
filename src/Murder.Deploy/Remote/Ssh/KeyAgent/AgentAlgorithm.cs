using Renci.SshNet.Security;

namespace Murder.Deploy;

/// <summary>A key of an agent and the way it signs, as SSH.NET wants it.</summary>
internal sealed class AgentAlgorithm : HostAlgorithm
{
    private const string Rsa = "ssh-rsa";

    private readonly SshKeyAgent _agent;
    private readonly AgentKey _key;
    private readonly int _flags;

    private AgentAlgorithm(SshKeyAgent agent, AgentKey key, string name, int flags)
        : base(name)
    {
        _agent = agent;
        _key = key;
        _flags = flags;
    }

    public override byte[] Data => _key.Blob;

    /// <summary>One, but three of an RSA key, whose own name is that of its worst signatures.</summary>
    public static IReadOnlyList<HostAlgorithm> AllOf(SshKeyAgent agent, AgentKey key)
    {
        string type = KnownHostsLine.TypeOf(key.Blob) ?? "";
        return type.StartsWith(Rsa, StringComparison.Ordinal)
            ?
            [
                new AgentAlgorithm(agent, key, $"rsa-sha2-512{type[Rsa.Length..]}", SshKeyAgent.RsaSha512),
                new AgentAlgorithm(agent, key, $"rsa-sha2-256{type[Rsa.Length..]}", SshKeyAgent.RsaSha256),
                new AgentAlgorithm(agent, key, type, flags: 0),
            ]
            : [new AgentAlgorithm(agent, key, type, flags: 0)];
    }

    /// <exception cref="IOException">the agent does not sign</exception>
    public override byte[] Sign(byte[] data) => _agent.Sign(_key.Blob, data, _flags);

    public override bool VerifySignature(byte[] data, byte[] signature) => throw new NotSupportedException("an agent signs only");
}
