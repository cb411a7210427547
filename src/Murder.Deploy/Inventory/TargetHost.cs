namespace Murder.Deploy;

/// <summary>A machine to deploy to, with everything needed to reach it. Two hosts are the same when their names are.</summary>
/// <param name="Name">as the user calls it; unique in a deploy</param>
public sealed record TargetHost(string Name)
{
    /// <summary>What <c>Hosts</c> takes for this host alone, as it is meant here: a login or port that was given there goes over the inventory's.</summary>
    public string Word { get; init; } = Name;

    /// <summary>Host name, IP address or alias, as <c>ssh</c> is given it.</summary>
    public required string Address { get; init; }

    /// <summary>Null for what ssh's configuration says, or 22.</summary>
    public int? Port { get; init; }

    /// <summary>Login; null for the user who runs the deploy.</summary>
    public string? User { get; init; }

    /// <summary>Private key; null for the deploy's.</summary>
    public string? IdentityFile { get; init; }

    /// <summary>Failure or cost domain; empty when the inventory names none.</summary>
    public string Zone { get; init; } = "";

    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Absolute path of the application's root on this host.</summary>
    public required string Root { get; init; }

    /// <summary>A child process of the deployer instead of an SSH session.</summary>
    public bool IsLocal { get; init; }

    /// <summary>What ssh's configuration says of the host; null when there is no <c>ssh</c> to ask, and for a local host.</summary>
    internal SshConfig? Ssh { get; init; }

    /// <summary>What is connected to.</summary>
    internal string HostName => Ssh?.HostName ?? Address;

    /// <summary>The port that is connected to.</summary>
    internal int SshPort => Ssh?.Port ?? Port ?? HostKeys.DefaultPort;

    /// <summary>How the host is called in known_hosts.</summary>
    internal string KnownHostsName => Ssh?.HostKeyAlias ?? KnownHosts.NameOf(HostName, SshPort);

    /// <summary>For messages: where ssh connects to.</summary>
    internal string Endpoint => $"{HostAddress.Bracketed(HostName)}:{SshPort}";
}
