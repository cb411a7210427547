using Microsoft.Build.Framework;
using Murder.Deploy;

namespace Murder.Build.Tasks;

/// <summary>The inputs that all verbs have in common: what <see cref="DeploymentSettings"/> says, as MSBuild hands it over.</summary>
public abstract partial class DeploymentTask
{
    [Required]
    public string ProjectFile { get; set; } = "";

    [Required]
    public string Application { get; set; } = "";

    /// <summary>Version of the service, the first part of a release id.</summary>
    public string Version { get; set; } = "";

    /// <summary>Folder that <c>dotnet publish</c> filled.</summary>
    [Required]
    public string PublishDirectory { get; set; } = "";

    /// <summary>Folder with the agents of the package.</summary>
    [Required]
    public string AgentDirectory { get; set; } = "";

    [Required]
    public string LocalDirectory { get; set; } = "";

    [Required]
    public string ReportDirectory { get; set; } = "";

    public string Hosts { get; set; } = "";

    /// <summary><c>MurderHost</c> items.</summary>
    public ITaskItem[] HostItems { get; set; } = [];

    public string Inventory { get; set; } = "";

    public string Root { get; set; } = "";

    public string Release { get; set; } = "";

    public string ConnectionsMax { get; set; } = "";

    public string Port { get; set; } = "";

    public string SwarmSecurity { get; set; } = "";

    public string RateLimit { get; set; } = "";

    public string MaxFailedHosts { get; set; } = "";

    public string Waves { get; set; } = "";

    public string OnFailure { get; set; } = "";

    public string BeforeActivate { get; set; } = "";

    public string AfterActivate { get; set; } = "";

    public string Service { get; set; } = "";

    public string HealthUrl { get; set; } = "";

    public string HealthTimeout { get; set; } = "";

    public string IdentityFile { get; set; } = "";

    /// <summary>Files of host keys, separated by ';'.</summary>
    public string KnownHosts { get; set; } = "";

    /// <summary><c>auto</c>, <c>line</c>, <c>plain</c> or <c>none</c>; see <see cref="ProgressStyle"/>.</summary>
    public string Progress { get; set; } = "";

    /// <summary><c>$(_MSBUILDTLENABLED)</c>: "1" while the terminal logger, which shows no messages, draws the terminal.</summary>
    public string TerminalLogger { get; set; } = "";

    /// <summary>The request as the deploy understands it: text still, but every path absolute.</summary>
    internal DeploymentSettings ToSettings() => new()
    {
        ProjectDirectory = ProjectDirectory,
        Application = Application,
        Version = Version,
        PublishDirectory = Absolute(PublishDirectory),
        Hosts = Hosts,
        AgentDirectory = Absolute(AgentDirectory),
        LocalDirectory = Absolute(LocalDirectory),
        ReportDirectory = Absolute(ReportDirectory),
        HostItems = [.. HostItems.Select(ToHostItem)],
        Inventory = Absolute(Inventory),
        Root = Root,
        Release = Release,
        ConnectionsMax = ConnectionsMax,
        Port = Port,
        SwarmSecurity = SwarmSecurity,
        RateLimit = RateLimit,
        MaxFailedHosts = MaxFailedHosts,
        Waves = Waves,
        OnFailure = OnFailure,
        BeforeActivate = BeforeActivate,
        AfterActivate = AfterActivate,
        Service = Service,
        HealthUrl = HealthUrl,
        HealthTimeout = HealthTimeout,
        IdentityFile = Absolute(IdentityFile),
        KnownHosts = string.Join(';', KnownHosts.Split(';', ListOptions).Select(Absolute)),
    };

    private const StringSplitOptions ListOptions = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    private string ProjectDirectory => Path.GetDirectoryName(ProjectFile) ?? "";

    /// <summary>
    /// Relative to the project, never to the current directory, which is another one when projects build on several threads; <c>~/</c> as a shell
    /// reads it. An empty path stays empty.
    /// </summary>
    private string Absolute(string path) => path switch
    {
        "" => "",
        "~" or ['~', '/', ..] => Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path[1..]),
        _ => Path.GetFullPath(path, ProjectDirectory),
    };

    private HostItem ToHostItem(ITaskItem item) => new(item.ItemSpec)
    {
        Groups = item.GetMetadata(nameof(HostItem.Groups)),
        Address = item.GetMetadata(nameof(HostItem.Address)),
        User = item.GetMetadata(nameof(HostItem.User)),
        Port = item.GetMetadata(nameof(HostItem.Port)),
        Zone = item.GetMetadata(nameof(HostItem.Zone)),
        Root = item.GetMetadata(nameof(HostItem.Root)),
        IdentityFile = Absolute(item.GetMetadata(nameof(HostItem.IdentityFile))),
    };
}
