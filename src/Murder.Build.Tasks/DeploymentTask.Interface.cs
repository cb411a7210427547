using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Murder.Deploy;

namespace Murder.Build.Tasks;

/// <summary>The inputs that all verbs have in common: what <see cref="DeploymentSettings"/> says, as MSBuild hands it over.</summary>
public abstract partial class DeploymentTask
{
    private const StringSplitOptions ListOptions = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    /// <summary>
    /// One item, whose metadata are the settings: the texts of <see cref="DeploymentSettings"/> by their names, relative paths as they were
    /// written; and <c>ProjectFile</c>, <c>Progress</c> (<see cref="ProgressStyle"/>) and <c>TerminalLogger</c>, which is
    /// <c>$(_MSBUILDTLENABLED)</c>: "1" while the terminal logger, which shows no messages, draws the terminal.
    /// </summary>
    [Required]
    public ITaskItem Settings { get; set; } = new TaskItem("settings");

    /// <summary><c>MurderHost</c> items.</summary>
    public ITaskItem[] HostItems { get; set; } = [];

    /// <summary>The request as the deploy understands it: text still, but every path absolute.</summary>
    internal DeploymentSettings ToSettings() => new()
    {
        ProjectDirectory = ProjectDirectory,
        Application = Setting(nameof(DeploymentSettings.Application)),
        Version = Setting(nameof(DeploymentSettings.Version)),
        PublishDirectory = Absolute(Setting(nameof(DeploymentSettings.PublishDirectory))),
        Hosts = Setting(nameof(DeploymentSettings.Hosts)),
        AgentDirectory = Absolute(Setting(nameof(DeploymentSettings.AgentDirectory))),
        StateDirectory = Absolute(Setting(nameof(DeploymentSettings.StateDirectory))),
        ReportDirectory = Absolute(Setting(nameof(DeploymentSettings.ReportDirectory))),
        HostItems = [.. HostItems.Select(ToHostItem)],
        Inventory = Absolute(Setting(nameof(DeploymentSettings.Inventory))),
        InventoryCommand = Setting(nameof(DeploymentSettings.InventoryCommand)),
        Root = Setting(nameof(DeploymentSettings.Root)),
        IsRootTyped = BuildEngine is IBuildEngine6 engine && engine.GetGlobalProperties().ContainsKey("MurderRoot"),
        Release = Setting(nameof(DeploymentSettings.Release)),
        KeepReleases = Setting(nameof(DeploymentSettings.KeepReleases)),
        ConnectionsMax = Setting(nameof(DeploymentSettings.ConnectionsMax)),
        Port = Setting(nameof(DeploymentSettings.Port)),
        SwarmSecurity = Setting(nameof(DeploymentSettings.SwarmSecurity)),
        Reach = Setting(nameof(DeploymentSettings.Reach)),
        RateLimit = Setting(nameof(DeploymentSettings.RateLimit)),
        MaxFailedHosts = Setting(nameof(DeploymentSettings.MaxFailedHosts)),
        BreakLock = Setting(nameof(DeploymentSettings.BreakLock)),
        Dashboard = Setting(nameof(DeploymentSettings.Dashboard)),
        Verify = Setting(nameof(DeploymentSettings.Verify)),
        Waves = Setting(nameof(DeploymentSettings.Waves)),
        OnFailure = Setting(nameof(DeploymentSettings.OnFailure)),
        BeforeActivate = Setting(nameof(DeploymentSettings.BeforeActivate)),
        AfterActivate = Setting(nameof(DeploymentSettings.AfterActivate)),
        Service = Setting(nameof(DeploymentSettings.Service)),
        Shared = Setting(nameof(DeploymentSettings.Shared)),
        HealthUrl = Setting(nameof(DeploymentSettings.HealthUrl)),
        HealthTimeout = Setting(nameof(DeploymentSettings.HealthTimeout)),
        IdentityFile = Absolute(Setting(nameof(DeploymentSettings.IdentityFile))),
        KnownHosts = string.Join(';', Setting(nameof(DeploymentSettings.KnownHosts)).Split(';', ListOptions).Select(Absolute)),
        PassphraseFile = Absolute(Setting(nameof(DeploymentSettings.PassphraseFile))),
        SshConfig = Absolute(Setting(nameof(DeploymentSettings.SshConfig))),
        SshEngine = Setting(nameof(DeploymentSettings.SshEngine)),
        Transport = Setting(nameof(DeploymentSettings.Transport)),
        Sudo = Setting(nameof(DeploymentSettings.Sudo)),
    };

    private protected string ProjectFile => Setting(nameof(ProjectFile));

    private string ProjectDirectory => Path.GetDirectoryName(ProjectFile) ?? "";

    /// <summary>Empty when it is not given.</summary>
    private string Setting(string name) => Settings.GetMetadata(name);

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
