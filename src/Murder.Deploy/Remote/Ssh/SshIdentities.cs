using Murder.PeerHost.Contract;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Security;

namespace Murder.Deploy;

/// <summary>
/// What is offered to one host to log in with: keys of an agent first, since they cost no passphrase, then key files.
/// </summary>
internal sealed class SshIdentities
{
    private readonly List<IPrivateKeySource> _sources = [];
    private readonly List<string> _descriptions = [];
    private readonly List<string> _reasons = []; // why others are not offered
    private readonly List<string> _locked = []; // of these, what is to be said of encrypted ones
    private readonly SshOptions _options;
    private IReadOnlyList<AgentKey> _agentKeys = [];
    private IReadOnlyList<string>? _accepted; // algorithms; null for the usual ones

    private SshIdentities(SshOptions options) => _options = options;

    public IPrivateKeySource[] Sources => [.. _sources.Take(_options.IdentitiesMax)];

    /// <summary>For messages: <c>PATH (SHA256:…)</c>, separated by commas.</summary>
    public override string ToString() => string.Join(", ", _descriptions.Take(_options.IdentitiesMax));

    /// <summary>For messages: which keys are not offered, and why; empty when all are.</summary>
    public string NotOffered
    {
        get
        {
            string[] tooMany = [.. _descriptions.Skip(_options.IdentitiesMax)];
            string[] reasons = tooMany.Length == 0 ? [.. _reasons] : [.. _reasons, $"{string.Join(", ", tooMany)}, since an sshd takes few; MurderIdentityFile or IdentitiesOnly says which it is"];
            return reasons.Length == 0 ? "" : $"not offered: {string.Join("; ", reasons)}";
        }
    }

    /// <exception cref="HostException">the named key cannot be used, or none of the usual ones can</exception>
    public static SshIdentities Load(TargetHost host, SshOptions options)
    {
        SshIdentities identities = Collect(host, options, out SshKeyAgent? agent);
        return identities._sources.Count > 0 ? identities : throw new HostException(HostFailure.IdentityUnusable, $"{host.Name}: " + (
            options.IdentityOf(host) is not null ? $"the private key {identities._reasons[^1]}"
            : identities._reasons.Count > 0 ? string.Join("; ", identities._reasons)
            : $"there is no private key; looked for {string.Join(", ", options.IdentityFilesOf(host))}{(agent is null ? "" : $", and into the agent at {agent.Socket}")}"));
    }

    /// <summary>What a refused login was without, for who offers the keys himself and says nothing of them.</summary>
    /// <param name="refused">what is to be said otherwise</param>
    public static HostException WithLockedKeys(TargetHost host, SshOptions options, HostException refused)
    {
        SshIdentities identities = Collect(host, options, out _);
        string locked = string.Join("; ", identities._locked);
        return locked.Length == 0 ? refused
            : identities._sources.Count == 0 ? new HostException(HostFailure.IdentityUnusable, $"{host.Name}: {locked}", refused)
            : new HostException(refused.Failure, $"{refused.Message} (not offered: {locked})", refused);
    }

    /// <summary>Null when there is none.</summary>
    public static SshKeyAgent? AgentOf(TargetHost host) =>
        (host.Ssh is { } config ? config.IdentityAgent : Environment.GetEnvironmentVariable("SSH_AUTH_SOCK")) is { Length: > 0 } socket ? new SshKeyAgent(socket) : null;

    private static SshIdentities Collect(TargetHost host, SshOptions options, out SshKeyAgent? agent)
    {
        SshIdentities identities = new(options) { _accepted = host.Ssh?.Algorithms.Logins };
        string? named = options.IdentityOf(host);
        IReadOnlyList<string> files = [.. options.IdentityFilesOf(host).Where(path => path == named || SshKeyFiles.Exists(path))];
        agent = AgentOf(host);
        identities.AddOfAgent(agent, files, isNoOther: named is not null || host.Ssh?.IdentitiesOnly == true);
        foreach (string path in files)
        {
            identities.AddFile(path, host.Ssh?.CertificateFiles ?? []);
        }

        return identities;
    }

    /// <summary>Those whose public half lies beside a key file first: they are meant. An agent that cannot be asked is as good as none.</summary>
    private void AddOfAgent(SshKeyAgent? agent, IReadOnlyList<string> files, bool isNoOther)
    {
        if (agent is null)
        {
            return;
        }

        try
        {
            _agentKeys = agent.Keys();
        }
        catch (IOException e)
        {
            _reasons.Add(e.Message);
            return;
        }

        byte[][] meant = [.. files.Select(_options.KeyFiles.PublicKeyOf).OfType<byte[]>()];
        int RankOf(AgentKey key) => Array.FindIndex(meant, blob => blob.AsSpan().SequenceEqual(key.Blob)) is var at and >= 0 ? at : meant.Length;
        foreach (AgentKey key in _agentKeys.Where(key => !isNoOther || RankOf(key) < meant.Length).OrderBy(RankOf))
        {
            Add(AgentAlgorithm.AllOf(agent, key), $"{key.Comment} of the agent ({ShownHostKey.FingerprintOf(key.Blob)})");
        }
    }

    private void AddFile(string path, IReadOnlyList<string> certificates)
    {
        if (_options.KeyFiles.PublicKeyOf(path) is { } half && _agentKeys.Any(key => key.Blob.AsSpan().SequenceEqual(half)))
        {
            return; // the agent offers it
        }

        try
        {
            SshKeyFile file = _options.KeyFiles.Open(path, _options.Passphrase, certificates);
            Add(file.Algorithms, $"{path} ({file.Fingerprint})");
        }
        catch (Exception e) when (e is SshException or FormatException or NotSupportedException or ArgumentException && SshKeyFiles.IsEncrypted(path))
        {
            AddLocked($"{path} is encrypted, " + (string.IsNullOrEmpty(_options.Passphrase) ? "no passphrase was given, and a build cannot ask for it" : "and the passphrase that was given does not open it"));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            AddUnusable(path, "does not exist");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SshException or FormatException or NotSupportedException or ArgumentException)
        {
            AddUnusable(path, $"cannot be read: {e.Message}"); // expected: a key of a kind that is not supported, or no key at all
        }
    }

    private void AddUnusable(string path, string reason) =>
        _reasons.Add($"{path} {(SshKeyFiles.IsPublicOnly(path) ? "is there only as a public key, and no agent holds the private one" : reason)}");

    private void AddLocked(string reason)
    {
        _reasons.Add(reason);
        _locked.Add(reason);
    }

    private void Add(IReadOnlyList<HostAlgorithm> algorithms, string description)
    {
        HostAlgorithm[] offered = [.. Offered(algorithms)];
        if (offered.Length == 0)
        {
            _reasons.Add($"{description} is of a kind that PubkeyAcceptedAlgorithms leaves out");
            return;
        }

        _sources.Add(new Source(offered));
        _descriptions.Add(description);
    }

    /// <summary>
    /// A certificate and its plain key are two, but of the three names of an RSA key only the best is left, because every algorithm is one of the few tries an
    /// sshd allows; and the one with SHA-1 only where the configuration asks for it, since the sshd may know no other.
    /// </summary>
    private IEnumerable<HostAlgorithm> Offered(IReadOnlyList<HostAlgorithm> algorithms)
    {
        HostAlgorithm[] accepted = [.. algorithms.Where(algorithm => _accepted?.Contains(algorithm.Name) ?? !IsSha1(algorithm))];
        return accepted.Where(algorithm => !algorithm.Name.StartsWith("rsa-sha2-256", StringComparison.Ordinal) || !accepted.Any(other => other.Name == algorithm.Name.Replace("256", "512", StringComparison.Ordinal)));
    }

    private static bool IsSha1(HostAlgorithm algorithm) => algorithm.Name.StartsWith("ssh-rsa", StringComparison.Ordinal);

    private sealed class Source(HostAlgorithm[] algorithms) : IPrivateKeySource
    {
        public IReadOnlyCollection<HostAlgorithm> HostKeyAlgorithms => algorithms;
    }
}
