namespace Murder.Deploy;

/// <summary>What ssh_config(5) comes to for one host: how <c>ssh</c> itself would reach it. Paths are absolute.</summary>
internal sealed record SshConfig
{
    /// <summary>Where to connect to.</summary>
    public required string HostName { get; init; }

    public required int Port { get; init; }

    public required string User { get; init; }

    /// <summary>Private keys in the order of their turn; some may not exist.</summary>
    public IReadOnlyList<string> IdentityFiles { get; init; } = [];

    /// <summary>Certificates of the keys, besides those that lie beside their key.</summary>
    public IReadOnlyList<string> CertificateFiles { get; init; } = [];

    /// <summary>Of the keys of an agent, only those that are in <see cref="IdentityFiles"/>.</summary>
    public bool IdentitiesOnly { get; init; }

    /// <summary>Socket of the agent; null when there is none.</summary>
    public string? IdentityAgent { get; init; }

    /// <summary>Under which name the host stands in known_hosts, in place of its own with its port; null for those.</summary>
    public string? HostKeyAlias { get; init; }

    public IReadOnlyList<string> KnownHostsFiles { get; init; } = [];

    /// <summary>A host that shows a key for the first time is believed, and its key kept; one that shows another is not.</summary>
    public bool AcceptsNewHostKeys { get; init; }

    /// <summary>As it was written, tokens and all: <c>user@jump:port,…</c>; null when the host is reached directly.</summary>
    public string? ProxyJump { get; init; }

    /// <summary>A command whose stdin and stdout lead to the host; null when there is none.</summary>
    public string? ProxyCommand { get; init; }

    /// <summary>What was read in place of ssh's own files; null for those.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>The private key that was named for the deploy or the host, in place of <see cref="IdentityFiles"/>; null when none was.</summary>
    public string? NamedIdentityFile { get; init; }

    /// <summary>The host is not connected to from here.</summary>
    public bool IsBehindProxy => ProxyJump is not null || ProxyCommand is not null;

    /// <summary>Kerberos tickets are to log in as well.</summary>
    public bool UsesKerberos { get; init; }

    public SshAlgorithms Algorithms { get; init; } = SshAlgorithms.Open;

    /// <summary>What of it only the system's <c>ssh</c> can do, as the name of the option; null when nothing is.</summary>
    public string? NeedsOpenSsh =>
        ProxyJump is not null ? nameof(ProxyJump)
        : ProxyCommand is not null ? nameof(ProxyCommand)
        : IdentityFiles.Concat(CertificateFiles).Any(path => path.Contains('%', StringComparison.Ordinal)) ? "IdentityFile with a token" // of those that take more than the host's name
        : SshNetAlgorithms.OptionNotMet(Algorithms);
}
