using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>Takes for each host the engine that can reach it as its configuration says: our own where it can, for it costs a tenth of a process of <c>ssh</c>.</summary>
internal sealed class SshConnector(SshOptions options, TimeProvider time) : IShellConnector, IAsyncDisposable
{
    private readonly SshNetConnector _own = new(options, time);
    private readonly OpenSshConnector? _system = options.OpenSshProgram is { } program ? new(options, program, time) : null;

    public Task<IRemoteShell> OpenAsync(TargetHost host, CancellationToken cancellationToken) => EngineOf(host).OpenAsync(host, cancellationToken);

    public ValueTask DisposeAsync() => _system?.DisposeAsync() ?? ValueTask.CompletedTask;

    private IShellConnector EngineOf(TargetHost host) => (options.Engine, NeedOf(host), _system) switch
    {
        (SshEngine.OpenSsh, _, { } system) => system,
        (SshEngine.OpenSsh, _, null) => throw new HostException(HostFailure.ConfigUnusable, $"{host.Name}: MurderSshEngine is openssh, but there is no ssh on this machine"),
        (_, null, _) => _own,
        (SshEngine.Auto, _, { } system) => system,
        (_, { } option, _) => throw new HostException(HostFailure.ConfigUnusable, $"{host.Name}: its configuration has {option}, which takes the system's ssh"),
    };

    /// <summary>What SSH.NET lacks for the host; what of its identities it cannot use matters only where another engine may be taken for that.</summary>
    private string? NeedOf(TargetHost host) =>
        host.Ssh?.NeedsOpenSsh ?? (options.Engine == SshEngine.Auto && _system is not null ? EngineChoice.NeedsOpenSsh(host, options, Environment.GetEnvironmentVariable) : null);
}
