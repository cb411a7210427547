namespace Murder.Deploy;

/// <summary>What all SSH connections of a deploy share.</summary>
internal sealed record SshOptions
{
    private static readonly string[] s_usualIdentities = ["id_ed25519", "id_ecdsa", "id_rsa"];

    /// <summary>A secret of the environment, as CI services give them: a property would stand in logs.</summary>
    private const string PassphraseVariable = "MURDER_PASSPHRASE";

    /// <summary>From the start of a connection to a running shell, retries included: an own deadline, because SSH.NET's timeout starts anew at every step.</summary>
    public TimeSpan ConnectMax { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>An sshd whose MaxStartups is reached drops new connections; only failures before the host key are tried again.</summary>
    public int AttemptsMax { get; init; } = 12;

    /// <summary>sshd's MaxAuthTries is 6, and a key is one try.</summary>
    public int IdentitiesMax { get; init; } = 5;

    public SshEngine Engine { get; init; }

    /// <summary>The login becomes root by <c>sudo</c>, which must not ask for a password.</summary>
    public bool UsesSudo { get; init; }

    /// <summary>
    /// Replaces the login's shell, whichever that is: in every one of them these words mean the same. sudo takes away what sshd says of the connection, by
    /// which the agent knows how it was reached.
    /// </summary>
    public string ShellCommand => UsesSudo ? "exec sudo -n env \"SSH_CONNECTION=$SSH_CONNECTION\" sh" : "exec sh";

    /// <summary>Path of the system's <c>ssh</c>; null when it has none.</summary>
    public string? OpenSshProgram { get; init; }

    /// <summary>The configuration the user named in place of ssh's own; null for those.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>The host keys the user named for the deploy; null for those that ssh's configuration names for each host.</summary>
    public KnownHosts? KnownHosts { get; init; }

    /// <summary>Files of host keys where no configuration names others.</summary>
    public required IReadOnlyList<string> UsualKnownHostsFiles { get; init; }

    public KnownHostsLibrary Library { get; init; } = new();

    public SshKeyFiles KeyFiles { get; init; } = new();

    /// <summary>Of encrypted private keys; null when none is given.</summary>
    public string? Passphrase { get; init; }

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
    public static SshOptions From(DeploymentSettings settings) => From(settings, ChildProcess.OnPath("ssh"));

    /// <inheritdoc cref="From(DeploymentSettings)"/>
    /// <param name="program">path of the system's <c>ssh</c>; null when it has none</param>
    internal static SshOptions From(DeploymentSettings settings, string? program)
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

        string? configFile = ConfigFileOf(settings);
        if (configFile is not null && !File.Exists(configFile))
        {
            problems.Add(SshProblems.ConfigMissing(configFile));
        }

        SshEngine engine = SshEngine.Auto;
        if (settings.SshEngine.Length > 0 && !Enum.TryParse(settings.SshEngine, ignoreCase: true, out engine))
        {
            problems.Add(SshProblems.Engine(settings.SshEngine));
        }
        else if (program is null && engine == SshEngine.OpenSsh)
        {
            problems.Add(SshProblems.NoSsh());
        }

        string? passphrase = ReadPassphrase(settings, home, problems);
        KnownHosts? knownHosts = null;
        try
        {
            knownHosts = named.Length > 0 ? KnownHosts.Read(named) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(SshProblems.KnownHostsUnreadable(e.Message));
        }

        return problems.Count > 0
            ? throw new DeploymentException(problems)
            : new SshOptions
            {
                Engine = engine,
                UsesSudo = bool.TryParse(settings.Sudo, out bool usesSudo) && usesSudo,
                OpenSshProgram = program,
                ConfigFile = configFile,
                KnownHosts = knownHosts,
                UsualKnownHostsFiles = UsualKnownHosts(ssh),
                Passphrase = passphrase,
                IdentityFile = identity,
                UsualIdentityFiles = [.. s_usualIdentities.Select(name => Path.Combine(ssh, name))],
                DefaultUser = Environment.UserName,
                HomeDirectory = home,
                ProjectDirectory = settings.ProjectDirectory,
            };
    }

    /// <summary>As <see cref="ConfigFile"/>, whether it is there or not.</summary>
    internal static string? ConfigFileOf(DeploymentSettings settings) =>
        settings.SshConfig.Length == 0 ? null : Expand(settings.SshConfig, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), settings.ProjectDirectory);

    /// <summary>What the host's key is checked against.</summary>
    /// <exception cref="HostException">a file of it cannot be read</exception>
    public KnownHosts KnownHostsOf(TargetHost host) => KnownHosts ?? Library.Read(host, host.Ssh?.KnownHostsFiles ?? UsualKnownHostsFiles);

    /// <summary>What keeps the key of a host that nothing is known of; null when such a host is refused.</summary>
    public Action<byte[]>? LearnerOf(TargetHost host) =>
        host.Ssh is { AcceptsNewHostKeys: true } && KnownHostsOf(host).Files is [var first, ..] ? key => Library.Learn(host, first, key) : null;

    public string UserOf(TargetHost host) => !string.IsNullOrEmpty(host.User) ? host.User : host.Ssh?.User ?? DefaultUser;

    /// <summary>The one key that was named for the host or the deploy; null when the usual ones are meant.</summary>
    public string? IdentityOf(TargetHost host) =>
        string.IsNullOrEmpty(host.IdentityFile) ? IdentityFile : Expand(host.IdentityFile, HomeDirectory, ProjectDirectory);

    /// <summary>The private keys for a host, whether they exist or not.</summary>
    public IReadOnlyList<string> IdentityFilesOf(TargetHost host) =>
        IdentityOf(host) is { } named ? [named] : host.Ssh?.IdentityFiles ?? UsualIdentityFiles;

    /// <summary>Of a jump host: the one named for the deploy first, but not alone, since it may be a stranger to the hosts.</summary>
    public IReadOnlyList<string> IdentityFilesOfJump(TargetHost jump) =>
        [.. (IdentityFile is { } named ? [named] : Array.Empty<string>()).Union((jump.Ssh?.IdentityFiles ?? UsualIdentityFiles).Where(File.Exists))];

    private static string? ReadPassphrase(DeploymentSettings settings, string home, List<Problem> problems)
    {
        if (settings.PassphraseFile.Length == 0)
        {
            return Environment.GetEnvironmentVariable(PassphraseVariable) is { Length: > 0 } given ? given : null;
        }

        try
        {
            return File.ReadLines(Expand(settings.PassphraseFile, home, settings.ProjectDirectory)).FirstOrDefault();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(SshProblems.PassphraseUnreadable(e.Message));
            return null;
        }
    }

    private static string[] UsualKnownHosts(string ssh) =>
        [Path.Combine(ssh, "known_hosts"), Path.Combine(ssh, "known_hosts2"), "/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"];

    private static string Expand(string path, string home, string baseDirectory) =>
        Path.GetFullPath(path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(home, path[2..]) : path, baseDirectory);
}
