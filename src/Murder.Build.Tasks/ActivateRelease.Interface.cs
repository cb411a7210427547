using Microsoft.Build.Framework;

namespace Murder.Build.Tasks;

public sealed partial class ActivateRelease
{
    /// <summary>The release was active before; when none is named, it is the one that was active last before the present one.</summary>
    public bool GoBack { get; set; }

    [Output]
    public string ReportPath { get; set; } = "";

    /// <summary>The hosts that are active, by name, with the metadata State, Address, Zone and PreviousRelease.</summary>
    [Output]
    public ITaskItem[] ReachedHosts { get; set; } = [];

    /// <summary>All others, with the same and Code and Reason: both empty for a host that went back, or was not begun with, because others had failed.</summary>
    [Output]
    public ITaskItem[] FailedHosts { get; set; } = [];
}
