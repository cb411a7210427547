using System.Collections.Concurrent;
using System.Globalization;
using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>
/// Logs in once to each jump host, however many hosts are behind it: an sshd drops logins beyond the tenth that is under way at once (MaxStartups), so of forty
/// hosts behind one some would fail each time. Thread-safe. Disposing ends all connections, and whatever still passes over them.
/// </summary>
/// <param name="program">path of <c>ssh</c></param>
internal sealed class JumpHosts(SshOptions options, string program, TimeProvider time) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<JumpConnection>>> _connections = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<Task<JumpConnection>> _all = []; // those that have ended, too
    private readonly Lazy<string> _folder = new(() => Directory.CreateTempSubdirectory("murder-").FullName); // nobody else may look into it
    private readonly ConcurrentDictionary<string, bool> _letIn = new(StringComparer.Ordinal); // jumps that have let us in once
    private readonly CancellationTokenSource _ending = new();
    private int _count;

    /// <summary>A connection is shared over a socket in the file system, which <c>ssh</c> of Windows does not do.</summary>
    public static bool AreShared => !OperatingSystem.IsWindows();

    /// <summary>The last of the jump hosts, from which a host is connected to, and those before it; null when there are none.</summary>
    public static (string? Before, string Last) Split(string jumps) =>
        jumps.LastIndexOf(',') is var at and >= 0 ? (jumps[..at], jumps[(at + 1)..]) : (null, jumps);

    /// <returns>the ProxyCommand that leads past the jump hosts to any host behind them</returns>
    /// <param name="jumps">as ssh_config(5) has them: the first is logged in to directly, each of the others from the one before it</param>
    /// <exception cref="HostException">one of them lets us not in; it is the host that the message begins with, and if it never did, nothing is tried again</exception>
    public async Task<string> PassAsync(string jumps, CancellationToken cancellationToken) =>
        (await ToAsync(jumps).WaitAsync(cancellationToken).ConfigureAwait(false)).ProxyCommand;

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await ((Task)Task.WhenAll(_all)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // who asked for one has heard why there is none
        await Task.WhenAll(_all.Where(connection => connection.IsCompletedSuccessfully).Select(connection => connection.Result.DisposeAsync().AsTask())).ConfigureAwait(false);
        DeleteFolder();
        _ending.Dispose();
    }

    private void DeleteFolder()
    {
        try
        {
            if (_folder.IsValueCreated && Directory.Exists(_folder.Value))
            {
                Directory.Delete(_folder.Value, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Expected: the last connection takes it along. If it stays it is empty, and no deploy has failed by that.
        }
    }

    private Task<JumpConnection> ToAsync(string jumps)
    {
        Lazy<Task<JumpConnection>> known = _connections.GetOrAdd(jumps, _ => Begin(jumps));
        if (!IsOver(jumps, known.Value))
        {
            return known.Value;
        }

        _connections.TryUpdate(jumps, Begin(jumps), known); // of several that see its end, one begins anew
        return _connections[jumps].Value;
    }

    /// <summary>Whether a new login may help: the connection has ended, or there was one and the login after it failed, as while a jump host starts anew.</summary>
    private bool IsOver(string jumps, Task<JumpConnection> connection) =>
        connection.IsCompletedSuccessfully ? connection.Result.HasEnded : connection.IsCompleted && _letIn.ContainsKey(jumps);

    private Lazy<Task<JumpConnection>> Begin(string jumps) => new(() =>
    {
        Task<JumpConnection> opening = Task.Run(() => OpenAsync(jumps));
        _all.Add(opening);
        return opening;
    });

    private async Task<JumpConnection> OpenAsync(string jumps)
    {
        (string? before, string last) = Split(jumps);
        string? way = before is null ? null : (await ToAsync(before).ConfigureAwait(false)).ProxyCommand;
        TargetHost jump = HostOf(last);
        string socket = Path.Combine(_folder.Value, Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture));
        JumpConnection connection = await JumpConnection.OpenAsync(jump, way, socket, options, program, time, _ending.Token).ConfigureAwait(false);
        _letIn[jumps] = true;
        return connection;
    }

    private TargetHost HostOf(string written)
    {
        const string Scheme = "ssh://";
        HostAddress address = HostAddress.Split((written.StartsWith(Scheme, StringComparison.Ordinal) ? written[Scheme.Length..] : written).TrimEnd('/'));
        TargetHost jump = new($"jump host {written}")
        {
            Address = address.Host,
            Port = address.Port is { } port ? HostAddress.TryParsePort(port) : null,
            User = address.User,
            Root = "/",
        };
        try
        {
            return jump with { Ssh = new SshConfigQuery(program, options.ConfigFile, options.HomeDirectory).Ask(jump) };
        }
        catch (IOException e)
        {
            throw new HostException(HostFailure.ConfigUnusable, $"{jump.Name}: {e.Message}", e);
        }
    }
}
