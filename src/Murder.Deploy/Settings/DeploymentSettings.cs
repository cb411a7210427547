namespace Murder.Deploy;

/// <summary>A <c>MurderHost</c> item as it was written.</summary>
/// <param name="Include">a name, which may hold a range: <c>web[01:40].example.com</c></param>
public sealed record HostItem(string Include)
{
    /// <summary>Group names, separated by ';'.</summary>
    public string Groups { get; init; } = "";

    public string Address { get; init; } = "";

    public string User { get; init; } = "";

    public string Port { get; init; } = "";

    public string Zone { get; init; } = "";

    public string Root { get; init; } = "";

    public string IdentityFile { get; init; } = "";
}

/// <summary>What the user said, as text and not yet validated; see the README for the meaning and default of each. All paths are absolute.</summary>
public sealed record DeploymentSettings
{
    /// <summary>Folder of the project file.</summary>
    public required string ProjectDirectory { get; init; }

    public required string Application { get; init; }

    /// <summary>Version of the service, the first part of a release id.</summary>
    public required string Version { get; init; }

    /// <summary>Folder that <c>dotnet publish</c> filled.</summary>
    public required string PublishDirectory { get; init; }

    /// <summary>Group names, literal hosts, <c>!host</c>, <c>local</c>, <c>local:N</c>.</summary>
    public required string Hosts { get; init; }

    /// <summary>Folder with the agents: <c>RID/murder-peer.gz</c> with its sums (static) and <c>any/murder-peer.dll</c> (for local hosts).</summary>
    public required string AgentDirectory { get; init; }

    /// <summary>Folder of what is to be found again by the next run of the same project: <c>obj/murder/</c>.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Folder below which local hosts have their roots.</summary>
    public string LocalDirectory => Path.Combine(StateDirectory, "local");

    public required string ReportDirectory { get; init; }

    public IReadOnlyList<HostItem> HostItems { get; init; } = [];

    /// <summary>Path of the inventory; empty to look for <c>murder.hosts.ini</c> beside the project and upwards.</summary>
    public string Inventory { get; init; } = "";

    /// <summary>Command that prints the inventory, in place of a file; empty for a file.</summary>
    public string InventoryCommand { get; init; } = "";

    /// <summary>Root on each host; empty for <c>/srv/APPLICATION</c>.</summary>
    public string Root { get; init; } = "";

    /// <summary>The root was typed for this run, and not set for good: then an inventory that has another must not go before it in silence.</summary>
    public bool IsRootTyped { get; init; }

    /// <summary>Release id; empty to make one.</summary>
    public string Release { get; init; } = "";

    public string KeepReleases { get; init; } = "";

    public string ConnectionsMax { get; init; } = "";

    public string Port { get; init; } = "";

    public string SwarmSecurity { get; init; } = "";

    /// <summary><c>auto</c> (or empty), <c>direct</c> or <c>tunnel</c>.</summary>
    public string Reach { get; init; } = "";

    /// <summary>As <see cref="Murder.Deploy.RateLimit.TryParse"/> reads it; empty or <c>none</c> for no limit.</summary>
    public string RateLimit { get; init; } = "";

    public string MaxFailedHosts { get; init; } = "";

    /// <summary><c>true</c>, <c>false</c> or empty.</summary>
    public string BreakLock { get; init; } = "";

    /// <summary>Of a status: <c>true</c>, <c>false</c> or empty.</summary>
    public string Verify { get; init; } = "";

    /// <summary>As <see cref="WaveSizes"/> reads it; empty for one wave.</summary>
    public string Waves { get; init; } = "";

    /// <summary><c>rollback</c> (or empty) or <c>stop</c>.</summary>
    public string OnFailure { get; init; } = "";

    /// <summary>Command for the host's shell, before <c>current</c> is switched.</summary>
    public string BeforeActivate { get; init; } = "";

    /// <summary>Command for the host's shell, after the service was restarted.</summary>
    public string AfterActivate { get; init; } = "";

    /// <summary>systemd unit.</summary>
    public string Service { get; init; } = "";

    /// <summary>Paths in the release, separated by ';', that are links to the same in the root's <c>shared</c>; those of folders end with '/'.</summary>
    public string Shared { get; init; } = "";

    public string HealthUrl { get; init; } = "";

    /// <summary>Seconds, or a time such as <c>2m</c> or <c>00:02:00</c>.</summary>
    public string HealthTimeout { get; init; } = "";

    /// <summary>Private key; empty for ssh's usual ones.</summary>
    public string IdentityFile { get; init; } = "";

    /// <summary>File whose first line is the passphrase of encrypted keys; empty for the environment's <c>MURDER_PASSPHRASE</c>.</summary>
    public string PassphraseFile { get; init; } = "";

    /// <summary>Path of a configuration in place of ssh's own; empty for those.</summary>
    public string SshConfig { get; init; } = "";

    /// <summary><c>ssh</c> (or empty), or a command as <see cref="CommandTemplate"/> reads it.</summary>
    public string Transport { get; init; } = "";

    /// <summary><c>true</c>, <c>false</c> or empty.</summary>
    public string Sudo { get; init; } = "";

    /// <summary><c>auto</c> (or empty), <c>sshnet</c> or <c>openssh</c>.</summary>
    public string SshEngine { get; init; } = "";

    /// <summary>Files of host keys, separated by ';'; empty for those that ssh's configuration names.</summary>
    public string KnownHosts { get; init; } = "";

    /// <summary><c>true</c>, <c>false</c> or empty.</summary>
    public string Dashboard { get; init; } = "";
}
