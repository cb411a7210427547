namespace Murder.Deploy;

/// <summary>A way to get a shell on a host.</summary>
internal interface IShellConnector
{
    /// <exception cref="HostException">there is none</exception>
    Task<IRemoteShell> OpenAsync(TargetHost host, CancellationToken cancellationToken);
}
