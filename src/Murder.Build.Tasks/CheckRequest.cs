using Microsoft.Build.Framework;
using Murder.Deploy;

namespace Murder.Build.Tasks;

/// <summary>Refuses a wrong request, and a second deploy of the project at once, before anything is published for it and the publish folder is emptied.</summary>
[MSBuildMultiThreadableTask]
public sealed class CheckRequest : DeploymentTask
{
    /// <summary>False for a verb that touches no host.</summary>
    public bool ToHosts { get; set; } = true;

    internal override Task<bool> RunAsync(DeploymentSettings settings, MSBuildLog log, CancellationToken cancellationToken)
    {
        Deployment.Check(settings, ToHosts);
        if (!ProjectLock.TryHold(BuildEngine, settings.StateDirectory))
        {
            throw new DeploymentException(TaskProblems.DeployedAlready(ProjectFile));
        }

        return System.Threading.Tasks.Task.FromResult(true);
    }
}
