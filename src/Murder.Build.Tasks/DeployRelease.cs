using Microsoft.Build.Framework;
using Murder.Deploy;

namespace Murder.Build.Tasks;

/// <summary>Brings the publish output to every host and, unless told not to, activates it: <c>MurderDeploy</c> and <c>MurderStage</c>.</summary>
[MSBuildMultiThreadableTask]
public sealed partial class DeployRelease : DeploymentTask
{
    internal override async Task<bool> RunAsync(DeploymentSettings settings, MSBuildLog log, CancellationToken cancellationToken)
    {
        DeploymentReport report = await Deployment.DeployAsync(settings, Activate, log, cancellationToken).ConfigureAwait(false);

        ReleaseId = report.Release;
        ReportPath = Path.Combine(settings.ReportDirectory, "report.json");
        HostState goal = Activate ? HostState.Active : HostState.Staged;
        ReachedHosts = HostOutcome.ReachedItems(report.Hosts, goal);
        FailedHosts = HostOutcome.FailedItems(report.Hosts, goal);
        if (report.Succeeded)
        {
            log.Outcome(HostOutcome.Describe(report.Release, report.Hosts, goal));
        }

        return report.Succeeded;
    }
}
