using Microsoft.Build.Framework;

namespace Murder.Build.Tasks;

public sealed partial class ActivateRelease
{
    /// <summary>The release was active before; when none is named, it is the one that was active last before the present one.</summary>
    public bool GoBack { get; set; }

    [Output]
    public string ReportPath { get; set; } = "";

    /// <summary>The hosts by name, with the metadata State, Address, Zone, Code and PreviousRelease.</summary>
    [Output]
    public ITaskItem[] HostReports { get; set; } = [];
}
