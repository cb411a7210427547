using Microsoft.Build.Framework;
using Murder.Deploy;

namespace Murder.Build.Tasks;

/// <summary>Writes the <c>.torrent</c> of the publish output: <c>MurderTorrent</c>.</summary>
[MSBuildMultiThreadableTask]
public sealed partial class CreateTorrent : DeploymentTask
{
    internal override async Task<bool> RunAsync(DeploymentSettings settings, MSBuildLog log, CancellationToken cancellationToken)
    {
        InfoHash = await Deployment.WriteTorrentAsync(settings, TorrentPath, log, cancellationToken).ConfigureAwait(false);
        log.Outcome(TorrentPath);
        return true;
    }
}
