namespace Murder.Deploy;

/// <summary>A machine to deploy to, with everything needed to reach it. Two hosts are the same when their names are.</summary>
/// <param name="Name">as the user calls it; unique in a deploy</param>
public sealed record TargetHost(string Name)
{
    /// <summary>What <c>Hosts</c> takes for this host alone, as it is meant here: a login or port that was given there goes over the inventory's.</summary>
    public string Word { get; init; } = Name;

    /// <summary>Host name or IP address to connect to.</summary>
    public required string Address { get; init; }

    public int Port { get; init; } = 22;

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
}
