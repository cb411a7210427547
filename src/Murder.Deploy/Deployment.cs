namespace Murder.Deploy;

/// <summary>One table row of <c>MurderStatus</c>.</summary>
public sealed record HostStatus(string Name, string? Current, string? Previous, IReadOnlyList<string> Staged, IReadOnlyList<string> Partial, long FreeBytes, string? LockedBy, Problem? Problem);

/// <summary>
/// The imperative shell: starts, stops and disposes everything in reverse order; holds no decision. The front door for the MSBuild tasks.
/// </summary>
public static class Deployment
{
    /// <summary>Publishes nothing: reads the publish output and brings it to every host; activates it when asked to.</summary>
    /// <exception cref="DeploymentException">the request is wrong; nothing has been touched</exception>
    public static Task<DeploymentReport> DeployAsync(DeploymentSettings settings, bool activate, IDeploymentLog log, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Activates <see cref="DeploymentSettings.Release"/>, which is staged already.</summary>
    /// <exception cref="DeploymentException">the request is wrong; nothing has been touched</exception>
    public static Task<IReadOnlyList<HostReport>> ActivateAsync(DeploymentSettings settings, IDeploymentLog log, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <exception cref="DeploymentException">the request is wrong; nothing has been touched</exception>
    public static Task<IReadOnlyList<HostStatus>> StatusAsync(DeploymentSettings settings, IDeploymentLog log, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Writes the metainfo of the publish output to a file and returns its info-hash (64 hexadecimal digits).</summary>
    /// <exception cref="DeploymentException">the request is wrong; nothing has been touched</exception>
    public static Task<string> WriteTorrentAsync(DeploymentSettings settings, string path, IDeploymentLog log, CancellationToken cancellationToken) => throw new NotImplementedException();
}
