using System.Text;
using Murder.PeerHost.Contract;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Security;

namespace Murder.Deploy;

/// <summary>
/// What is offered to one host to log in with: keys of an agent first, since they cost no passphrase, then key files. Loaded anew for each
/// connection, which owns and disposes them.
/// </summary>
internal sealed class SshIdentities : IDisposable
{
    private readonly List<IPrivateKeySource> _sources = [];
    private readonly List<PrivateKeyFile> _files = [];
    private readonly List<string> _descriptions = [];
    private readonly List<string> _reasons = []; // why others are not offered
    private readonly List<string> _locked = []; // of these, what is to be said of encrypted ones
    private readonly SshOptions _options;
    private IReadOnlyList<AgentKey> _agentKeys = [];

    private SshIdentities(SshOptions options) => _options = options;

    public IPrivateKeySource[] Sources => [.. _sources.Take(_options.IdentitiesMax)];

    /// <summary>For messages: <c>PATH (SHA256:…)</c>, separated by commas.</summary>
    public override string ToString() => string.Join(", ", _descriptions.Take(_options.IdentitiesMax));

    /// <summary>For messages: which keys are not offered, and why; empty when all are.</summary>
    public string NotOffered => _reasons.Count == 0 ? "" : $"not offered: {string.Join("; ", _reasons)}";

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
        using SshIdentities identities = Collect(host, options, out _);
        string locked = string.Join("; ", identities._locked);
        return locked.Length == 0 ? refused
            : identities._sources.Count == 0 ? new HostException(HostFailure.IdentityUnusable, $"{host.Name}: {locked}", refused)
            : new HostException(refused.Failure, $"{refused.Message} (not offered: {locked})", refused);
    }

    public void Dispose() => _files.ForEach(file => file.Dispose());

    private static SshIdentities Collect(TargetHost host, SshOptions options, out SshKeyAgent? agent)
    {
        var identities = new SshIdentities(options);
        string? named = options.IdentityOf(host);
        IReadOnlyList<string> files = [.. options.IdentityFilesOf(host).Where(path => path == named || File.Exists(path))];
        agent = host.Ssh is { } config ? AgentOf(config.IdentityAgent) : AgentOf(Environment.GetEnvironmentVariable("SSH_AUTH_SOCK"));
        identities.AddOfAgent(agent, files, isNoOther: named is not null || host.Ssh?.IdentitiesOnly == true);
        foreach (string path in files)
        {
            identities.AddFile(path, host.Ssh?.CertificateFiles ?? []);
        }

        return identities;
    }

    private static SshKeyAgent? AgentOf(string? socket) => string.IsNullOrEmpty(socket) ? null : new SshKeyAgent(socket);

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

        byte[][] meant = [.. files.Select(PublicHalfOf).OfType<byte[]>()];
        int RankOf(AgentKey key) => Array.FindIndex(meant, blob => blob.AsSpan().SequenceEqual(key.Blob)) is var at and >= 0 ? at : meant.Length;
        foreach (AgentKey key in _agentKeys.Where(key => !isNoOther || RankOf(key) < meant.Length).OrderBy(RankOf))
        {
            _sources.Add(new AgentKeySource(agent, key));
            _descriptions.Add($"{key.Comment} of the agent ({ShownHostKey.FingerprintOf(key.Blob)})");
        }
    }

    private static byte[]? PublicHalfOf(string path)
    {
        try
        {
            string[] words = File.ReadAllText(path + ".pub", Encoding.UTF8).Split(' ', 3);
            return words.Length > 1 ? Convert.FromBase64String(words[1].Trim()) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null; // expected: many keys come without their public half
        }
    }

    private void AddFile(string path, IReadOnlyList<string> certificates)
    {
        if (PublicHalfOf(path) is { } half && _agentKeys.Any(key => key.Blob.AsSpan().SequenceEqual(half)))
        {
            return; // the agent offers it
        }

        try
        {
            PrivateKeyFile file = Open(path, _options.Passphrase, certificates);
            _files.Add(file);
            _sources.Add(new OneAlgorithmSource(file));
            _descriptions.Add($"{path} ({ShownHostKey.FingerprintOf(new KeyHostAlgorithm(file.Key.ToString()!, file.Key).Data)})");
        }
        catch (SshPassPhraseNullOrEmptyException)
        {
            AddLocked($"{path} is encrypted, no passphrase was given, and a build cannot ask for it");
        }
        catch (SshException) when (_options.Passphrase is not null && IsEncrypted(path))
        {
            AddLocked($"{path} is encrypted, and the passphrase that was given does not open it");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            _reasons.Add($"{path} does not exist");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SshException or FormatException or NotSupportedException or ArgumentException)
        {
            _reasons.Add($"{path} cannot be read: {e.Message}"); // expected: a key of a kind that is not supported, or no key at all
        }
    }

    private void AddLocked(string reason)
    {
        _reasons.Add(reason);
        _locked.Add(reason);
    }

    private static bool IsEncrypted(string path)
    {
        try
        {
            new PrivateKeyFile(path).Dispose();
            return false;
        }
        catch (SshPassPhraseNullOrEmptyException)
        {
            return true;
        }
        catch (SshException)
        {
            return false; // it is no key at all
        }
    }

    /// <summary>As ssh: with a certificate that lies beside the key, or that the configuration names for it.</summary>
    private static PrivateKeyFile Open(string path, string? passphrase, IReadOnlyList<string> certificates)
    {
        string beside = path + "-cert.pub";
        foreach (string certificate in certificates.Prepend(beside).Where(File.Exists))
        {
            try
            {
                return new PrivateKeyFile(path, passphrase, certificate);
            }
            catch (ArgumentException)
            {
                // Expected: it is another key's.
            }
        }

        return new PrivateKeyFile(path, passphrase);
    }

    /// <summary>Each key with one algorithm, because every algorithm is one of the few tries an sshd allows.</summary>
    private sealed class OneAlgorithmSource(PrivateKeyFile file) : IPrivateKeySource
    {
        /// <summary>A certificate and its plain key are two; of the three names of an RSA key only the one with SHA-512 is left.</summary>
        public IReadOnlyCollection<HostAlgorithm> HostKeyAlgorithms { get; } = [.. file.HostKeyAlgorithms.Where(algorithm =>
            !algorithm.Name.StartsWith("ssh-rsa", StringComparison.Ordinal) && !algorithm.Name.StartsWith("rsa-sha2-256", StringComparison.Ordinal))];
    }
}
