namespace Murder.Deploy;

/// <summary>
/// The seeder's process while it starts, beside whatever else the deploy begins with. Disposing ends it, at whatever point it is, unless it has
/// ended already.
/// </summary>
internal sealed class SeederLaunch : IAsyncDisposable
{
    private readonly CancellationTokenSource _end;

    private SeederLaunch(SeederLauncher launcher, CancellationToken cancellationToken)
    {
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Agent = Task.Run(() => launcher.LaunchAsync(_end.Token), CancellationToken.None);
    }

    /// <summary>The running agent; faults with <see cref="HostException"/> when there can be none.</summary>
    public Task<AgentChannel> Agent { get; }

    /// <param name="cancellationToken">ends the start, but not an agent that runs</param>
    public static SeederLaunch Begin(SeederLauncher launcher, CancellationToken cancellationToken) => new(launcher, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await ((Task)Agent).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // why there is none was told to who wanted it
        if (Agent.IsCompletedSuccessfully)
        {
            await (await Agent.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }

        _end.Dispose();
    }
}
