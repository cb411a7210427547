using Microsoft.Build.Framework;
using Murder.Deploy;

namespace Murder.Build.Tasks;

/// <summary>Shows what every host has: <c>MurderStatus</c>.</summary>
[MSBuildMultiThreadableTask]
public sealed partial class ShowStatus : DeploymentTask
{
    internal override async Task<bool> RunAsync(DeploymentSettings settings, MSBuildLog log, CancellationToken cancellationToken)
    {
        IReadOnlyList<HostStatus> hosts = await Deployment.StatusAsync(settings, log, cancellationToken).ConfigureAwait(false);

        HostStatuses = StatusTable.ToItems(hosts);
        foreach (HostStatus host in hosts)
        {
            foreach (Problem problem in host.Problem is { } unasked ? [unasked] : host.Faults)
            {
                log.Report(problem);
            }
        }

        log.Outcome(StatusTable.Format(hosts));
        return hosts.All(host => host.Problem is null && host.Faults.Count == 0);
    }
}
