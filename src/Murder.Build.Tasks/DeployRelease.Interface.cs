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

    /// <summary>The hosts that are active, or staged when that is all that was asked for, by name, with the metadata State, Address, Zone and PreviousRelease.</summary>
    [Output]
    public ITaskItem[] ReachedHosts { get; set; } = [];

    /// <summary>All others, with the same and Code and Reason: both empty for a host that went back, or was not begun with, because others had failed.</summary>
    [Output]
    public ITaskItem[] FailedHosts { get; set; } = [];
}
