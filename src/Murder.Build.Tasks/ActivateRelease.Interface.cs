using Microsoft.Build.Framework;

namespace Murder.Build.Tasks;

public sealed partial class ActivateRelease
{
    /// <summary>Activate what was active before, when no release is named.</summary>
    public bool GoBack { get; set; }

    /// <summary>The hosts by name, with the metadata State, Address, Zone, Code and PreviousRelease.</summary>
    [Output]
    public ITaskItem[] HostReports { get; set; } = [];
}
