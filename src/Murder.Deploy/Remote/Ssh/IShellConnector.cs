namespace Murder.Deploy;

/// <summary>A way to get a shell on a host.</summary>
internal interface IShellConnector
{
    /// <exception cref="HostException">there is none within <see cref="SshOptions.ConnectMax"/>, or never</exception>
    Task<IRemoteShell> OpenAsync(TargetHost host, CancellationToken cancellationToken);
}
