namespace Murder.Deploy;

/// <summary>What all SSH connections of a deploy share.</summary>
internal sealed record SshOptions
{
    private static readonly string[] s_usualIdentities = ["id_ed25519", "id_ecdsa", "id_rsa"];

    /// <summary>From the start of a connection to a running shell, retries included: an own deadline, because SSH.NET's timeout starts anew at every step.</summary>
    public TimeSpan ConnectMax { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>An sshd whose MaxStartups is reached drops new connections; only failures before the host key are tried again.</summary>
    public int AttemptsMax { get; init; } = 8;

    /// <summary>sshd's MaxAuthTries is 6, and a key is one try.</summary>
    public int IdentitiesMax { get; init; } = 5;

    public required KnownHosts KnownHosts { get; init; }

    /// <summary>The private key the user named for the deploy; null for the usual ones.</summary>
    public string? IdentityFile { get; init; }

    /// <summary>Tried, where they exist, when no key is named.</summary>
    public required IReadOnlyList<string> UsualIdentityFiles { get; init; }

    public required string DefaultUser { get; init; }

    /// <summary>What '~/' stands for in a path.</summary>
    public required string HomeDirectory { get; init; }

    /// <summary>What a relative path starts from.</summary>
    public required string ProjectDirectory { get; init; }

    /// <exception cref="DeploymentException">a file the user named is missing or cannot be read</exception>
    public static SshOptions From(DeploymentSettings settings)
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string ssh = Path.Combine(home, ".ssh");
        var problems = new List<Problem>();
        string[] named = [.. settings.KnownHosts
            .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(path => Expand(path, home, settings.ProjectDirectory))];
        problems.AddRange(named.Where(path => !File.Exists(path)).Select(SshProblems.KnownHostsMissing));

        string? identity = settings.IdentityFile.Length == 0 ? null : Expand(settings.IdentityFile, home, settings.ProjectDirectory);
        if (identity is not null && !File.Exists(identity))
        {
            problems.Add(SshProblems.IdentityMissing(identity));
        }

        KnownHosts? knownHosts = null;
        try
        {
            knownHosts = KnownHosts.Read(named.Length > 0 ? named : UsualKnownHosts(ssh));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(SshProblems.KnownHostsUnreadable(e.Message));
        }

        return problems.Count > 0
            ? throw new DeploymentException(problems)
            : new SshOptions
            {
                KnownHosts = knownHosts!,
                IdentityFile = identity,
                UsualIdentityFiles = [.. s_usualIdentities.Select(name => Path.Combine(ssh, name))],
                DefaultUser = Environment.UserName,
                HomeDirectory = home,
                ProjectDirectory = settings.ProjectDirectory,
            };
    }

    public string UserOf(TargetHost host) => string.IsNullOrEmpty(host.User) ? DefaultUser : host.User;

    /// <summary>The one key that was named for the host or the deploy; null when the usual ones are meant.</summary>
    public string? IdentityOf(TargetHost host) =>
        string.IsNullOrEmpty(host.IdentityFile) ? IdentityFile : Expand(host.IdentityFile, HomeDirectory, ProjectDirectory);

    private static string[] UsualKnownHosts(string ssh) =>
        [Path.Combine(ssh, "known_hosts"), Path.Combine(ssh, "known_hosts2"), "/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"];

    private static string Expand(string path, string home, string baseDirectory) =>
        Path.GetFullPath(path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(home, path[2..]) : path, baseDirectory);
}
