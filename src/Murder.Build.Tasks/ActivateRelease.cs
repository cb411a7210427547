using Microsoft.Build.Framework;
using Murder.Deploy;

namespace Murder.Build.Tasks;

/// <summary>Activates a release that is staged already: <c>MurderActivate</c> and <c>MurderRollback</c>.</summary>
[MSBuildMultiThreadableTask]
public sealed partial class ActivateRelease : DeploymentTask
{
    internal override async Task<bool> RunAsync(DeploymentSettings settings, MSBuildLog log, CancellationToken cancellationToken)
    {
        if (GoBack && settings.Release.Length == 0)
        {
            settings = settings with { Release = await Deployment.FindPreviousAsync(settings, log, cancellationToken).ConfigureAwait(false) };
            log.Milestone($"back to release {settings.Release}");
        }

        (bool succeeded, IReadOnlyList<HostReport> hosts) = await Deployment.ActivateAsync(settings, GoBack, log, cancellationToken).ConfigureAwait(false);

        HostReports = HostOutcome.ToItems(hosts);
        if (succeeded)
        {
            log.Outcome(HostOutcome.Describe(settings.Release, hosts, HostState.Active));
        }

        return succeeded;
    }
}
