using Microsoft.Build.Framework;

namespace Murder.Build.Tasks;

public sealed partial class ShowStatus
{
    /// <summary>The hosts by name, with the metadata Current, Previous, Staged, FreeBytes, Agent, LockedBy, and Differences: how many, empty when that is not known.</summary>
    [Output]
    public ITaskItem[] HostStatuses { get; set; } = [];
}
