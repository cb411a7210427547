using Microsoft.Build.Framework;
using Murder.Deploy;

namespace Murder.Build.Tasks;

/// <summary>Removes old releases from every host: <c>MurderPrune</c>.</summary>
[MSBuildMultiThreadableTask]
public sealed class PruneReleases : DeploymentTask
{
    internal override async Task<bool> RunAsync(DeploymentSettings settings, MSBuildLog log, CancellationToken cancellationToken)
    {
        IReadOnlyList<HostPruning> hosts = await Deployment.PruneAsync(settings, log, cancellationToken).ConfigureAwait(false);

        foreach (HostPruning host in hosts)
        {
            if (host.Problem is { } problem)
            {
                log.Report(problem);
            }
            else
            {
                log.Detail($"{host.Name}: removed {(host.Removed.Count == 0 ? "nothing" : string.Join(", ", host.Removed))}");
            }
        }

        log.Outcome($"removed {Count(hosts.Sum(host => host.Removed.Count), "release")} on {Count(hosts.Count(host => host.Removed.Count > 0), "host")}, {Sizes.Format(hosts.Sum(host => host.FreedBytes))} freed");
        return hosts.All(host => host.Problem is null);
    }

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
