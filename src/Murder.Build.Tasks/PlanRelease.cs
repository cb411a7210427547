using Microsoft.Build.Framework;
using Murder.Deploy;

namespace Murder.Build.Tasks;

/// <summary>Tells what a deploy of the publish output would do and meet, and changes nothing: <c>MurderPlan</c>.</summary>
[MSBuildMultiThreadableTask]
public sealed class PlanRelease : DeploymentTask
{
    internal override async Task<bool> RunAsync(DeploymentSettings settings, MSBuildLog log, CancellationToken cancellationToken)
    {
        FleetPlan plan = await Deployment.PlanAsync(settings, log, cancellationToken).ConfigureAwait(false);

        log.Outcome(PlanTable.Format(plan));
        return plan.IsGood;
    }
}
