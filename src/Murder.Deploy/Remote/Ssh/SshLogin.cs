using Renci.SshNet;

namespace Murder.Deploy;

/// <summary>
/// One attempt at one connection. SSH.NET connects with blocking calls that heed neither a token nor their own disposal, so it does so on a
/// thread of its own; who gives up leaves the thread behind, which ends within SSH.NET's timeouts and closes what it still opened.
/// </summary>
internal sealed class SshLogin(TargetHost host, SshOptions options, ReusedThreads writers, TimeProvider time)
{
    private readonly HostKeyGuard _guard = new(host, options.KnownHostsOf(host), time, options.LearnerOf(host));

    public bool HostKeySeen => _guard.Asked;

    public bool LoggedIn { get; private set; }

    /// <summary>The keys offered, for messages.</summary>
    public string Identities { get; private set; } = "";

    /// <exception cref="HostException">the host's key or our identity is no good</exception>
    public async Task<IRemoteShell> RunAsync(CancellationToken cancellationToken)
    {
        Task<SshRemoteShell> login = DedicatedThread.RunAsync($"ssh login {host.Name}", Login);
        try
        {
            return await login.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Not awaited on purpose: it ends by itself, and a deploy that was cancelled or has run out of patience must not wait for it.
            _ = login.ContinueWith(CloseLate, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).Unwrap();
            throw;
        }
    }

    private static async Task CloseLate(Task<SshRemoteShell> login)
    {
        if (login.IsCompletedSuccessfully)
        {
            await (await login.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            _ = login.Exception; // nobody is left to hear of it
        }
    }

    private SshRemoteShell Login()
    {
        SshIdentities identities = SshIdentities.Load(host, options);
        Identities = identities.NotOffered.Length == 0 ? $"{identities}" : $"{identities} ({identities.NotOffered})";
        string user = options.UserOf(host);
        using var keys = new PrivateKeyAuthenticationMethod(user, identities.Sources);
        var connection = new ConnectionInfo(host.HostName, host.SshPort, user, keys) { Timeout = options.ConnectMax };
        SshNetAlgorithms.Choose(connection, host.Ssh?.Algorithms ?? SshAlgorithms.Open);
        var client = new SshClient(connection);
        try
        {
            _guard.Attach(client);
            client.Connect();
            LoggedIn = true;
            return SshRemoteShell.Start(client, options.ShellCommand, host.Name, writers, time);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}
