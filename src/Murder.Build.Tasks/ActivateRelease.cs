using Microsoft.Build.Framework;
using Murder.Deploy;

namespace Murder.Build.Tasks;

/// <summary>Activates a release that is staged already: <c>MurderActivate</c> and <c>MurderRollback</c>.</summary>
[MSBuildMultiThreadableTask]
public sealed partial class ActivateRelease : DeploymentTask
{
    internal override async Task<bool> RunAsync(DeploymentSettings settings, MSBuildLog log, CancellationToken cancellationToken)
    {
        DeploymentReport report = await Deployment.ActivateAsync(settings, GoBack, log, cancellationToken).ConfigureAwait(false);

        ReportPath = Path.Combine(settings.ReportDirectory, "report.json");
        ReachedHosts = HostOutcome.ReachedItems(report.Hosts, HostState.Active);
        FailedHosts = HostOutcome.FailedItems(report.Hosts, HostState.Active);
        if (report.Succeeded)
        {
            log.Outcome(HostOutcome.Describe(report.Release, report.Hosts, HostState.Active));
        }

        return report.Succeeded;
    }
}
