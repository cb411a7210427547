using Microsoft.Build.Framework;

namespace Murder.Build.Tasks;

public sealed partial class DeployRelease
{
    /// <summary>False to stage only.</summary>
    public bool Activate { get; set; } = true;

    /// <summary>Id of the release that was made.</summary>
    [Output]
    public string ReleaseId { get; set; } = "";

    [Output]
    public string ReportPath { get; set; } = "";

    /// <summary>The hosts by name, with the metadata State, Address, Zone, Code and PreviousRelease.</summary>
    [Output]
    public ITaskItem[] HostReports { get; set; } = [];
}
