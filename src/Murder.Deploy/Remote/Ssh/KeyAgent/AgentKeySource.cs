using Renci.SshNet;
using Renci.SshNet.Security;

namespace Murder.Deploy;

/// <summary>A key of an agent, as SSH.NET wants it: of one algorithm, because every algorithm is one of the few tries an sshd allows.</summary>
internal sealed class AgentKeySource(SshKeyAgent agent, AgentKey key) : IPrivateKeySource
{
    private const string Rsa = "ssh-rsa";

    public IReadOnlyCollection<HostAlgorithm> HostKeyAlgorithms { get; } = [new AgentAlgorithm(agent, key)];

    /// <summary>The name of an RSA key is that of its worst signatures.</summary>
    private static string AlgorithmOf(AgentKey key)
    {
        string type = KnownHostsLine.TypeOf(key.Blob) ?? "";
        return type.StartsWith(Rsa, StringComparison.Ordinal) ? $"rsa-sha2-512{type[Rsa.Length..]}" : type;
    }

    private sealed class AgentAlgorithm(SshKeyAgent agent, AgentKey key) : HostAlgorithm(AlgorithmOf(key))
    {
        public override byte[] Data => key.Blob;

        /// <exception cref="IOException">the agent does not sign</exception>
        public override byte[] Sign(byte[] data) =>
            agent.Sign(key.Blob, data, Name.StartsWith("rsa-sha2-512", StringComparison.Ordinal) ? SshKeyAgent.RsaSha512 : 0);

        public override bool VerifySignature(byte[] data, byte[] signature) => throw new NotSupportedException("an agent signs only");
    }
}
