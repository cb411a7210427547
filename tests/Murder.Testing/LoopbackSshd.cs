using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Murder.Testing;

/// <summary>What a test wants of its sshd.</summary>
public sealed record LoopbackSshdOptions
{
    /// <summary>Types of the host keys, as <c>ssh-keygen -t</c> names them.</summary>
    public IReadOnlyList<string> HostKeyTypes { get; init; } = ["ed25519"];

    /// <summary>The account that logs in; the one the tests run as when null. Another one needs root, and is made when missing.</summary>
    public string? User { get; init; }

    /// <summary>The network namespace it is in, whose address it listens on; null for this machine's own.</summary>
    public string? Namespace { get; init; }

    /// <summary>Where it listens.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>Further lines of sshd_config.</summary>
    public IReadOnlyList<string> ConfigLines { get; init; } = [];
}

/// <summary>
/// A real sshd, on 127.0.0.1 unless told otherwise, with keys and configuration of its own in a temporary folder. Ends, with all its sessions, when disposed; touches
/// no other process.
/// </summary>
public sealed class LoopbackSshd : IDisposable
{
    private const string SshdPath = "/usr/sbin/sshd";
    private static readonly TimeSpan s_startMax = TimeSpan.FromSeconds(60);

    private readonly TestDirectory _directory = new();
    private readonly Process _process;
    private readonly StringBuilder _log = new();

    private LoopbackSshd(LoopbackSshdOptions options)
    {
        Address = options.Address;
        User = options.User ?? Environment.UserName;
        if (options.User is not null)
        {
            EnsureAccount(options.User);
        }

        ClientKeyPath = _directory.Combine("client_key");
        KeyGen.Make(ClientKeyPath, "ed25519");
        foreach (string type in options.HostKeyTypes)
        {
            KeyGen.Make(HostKeyPath(type), type);
        }

        // sshd reads it as the user who logs in.
        Command.Run("chmod", "711", _directory.Path);
        string authorizedKeys = _directory.Write("authorized_keys", File.ReadAllBytes(ClientKeyPath + ".pub"));
        Command.Run("chmod", "644", authorizedKeys);
        if (Environment.UserName == "root")
        {
            Directory.CreateDirectory("/run/sshd"); // sshd's privilege separation folder
        }

        (_process, Port) = Start(options, authorizedKeys);
        KnownHostsPath = _directory.Write("known_hosts", Encoding.UTF8.GetBytes(string.Concat(options.HostKeyTypes.Select(type => KnownHostsLine(type) + "\n"))));
    }

    public string Address { get; }

    public int Port { get; }

    public string User { get; }

    /// <summary>Accepted for <see cref="User"/>, ed25519, not encrypted.</summary>
    public string ClientKeyPath { get; }

    /// <summary>Holds all of the host's keys for <c>[ADDRESS]:PORT</c>.</summary>
    public string KnownHostsPath { get; }

    /// <summary>What sshd logged so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    public static LoopbackSshd Start(LoopbackSshdOptions? options = null) => new(options ?? new LoopbackSshdOptions());

    public string HostKeyPath(string type) => _directory.Combine($"host_{type}");

    /// <summary>A known_hosts line for one of the host's keys.</summary>
    /// <param name="hosts">the first field; <c>[ADDRESS]:PORT</c> when null</param>
    public string KnownHostsLine(string type, string? hosts = null) =>
        $"{hosts ?? $"[{Address}]:{Port}"} {string.Join(' ', File.ReadAllText(HostKeyPath(type) + ".pub").Split(' ').Take(2))}";

    /// <summary>Connections that are there now.</summary>
    public int SessionCount => ProcessTree.ChildrenOf(_process.Id).Count(ProcessTree.IsRunning);

    /// <summary>Ends the sessions, as a reboot would; the server goes on.</summary>
    public void KillSessions()
    {
        foreach (int id in ProcessTree.ChildrenOf(_process.Id))
        {
            ProcessTree.KillWithDescendants(id);
        }
    }

    public void Dispose()
    {
        ProcessTree.KillWithDescendants(_process.Id);
        _process.WaitForExit();
        _process.Dispose();
        _directory.Dispose();
    }

    private (Process Process, int Port) Start(LoopbackSshdOptions options, string authorizedKeys)
    {
        for (int attempt = 1; ; attempt++)
        {
            int port = FreePort();
            string config = _directory.Write("sshd_config", Encoding.UTF8.GetBytes(string.Join('\n',
            [
                .. options.ConfigLines, // first: sshd keeps the first value of each keyword
                $"ListenAddress {Address}:{port.ToString(CultureInfo.InvariantCulture)}",
                .. options.HostKeyTypes.Select(type => $"HostKey {HostKeyPath(type)}"),
                $"AuthorizedKeysFile {authorizedKeys}",
                "PermitRootLogin prohibit-password",
                "PasswordAuthentication no",
                "KbdInteractiveAuthentication no",
                "StrictModes no",
                "UsePAM no",
                "PidFile none",
                "LogLevel VERBOSE",
                "",
            ])));
            var listening = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            string[] command = [.. options.Namespace is { } name ? ["ip", "netns", "exec", name] : Array.Empty<string>(), SshdPath, "-D", "-e", "-f", config];
            var process = new Process { StartInfo = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true } };
            process.ErrorDataReceived += (_, line) => Hear(line.Data, listening);
            process.Start();
            process.BeginErrorReadLine();
            if (listening.Task.Wait(s_startMax) && listening.Task.Result)
            {
                return (process, port);
            }

            process.Kill();
            process.Dispose();
            if (attempt == 3)
            {
                throw new InvalidOperationException($"sshd does not start:\n{Log}");
            }
        }
    }

    private void Hear(string? line, TaskCompletionSource<bool> listening)
    {
        if (line is null)
        {
            listening.TrySetResult(false);
            return;
        }

        lock (_log)
        {
            _log.AppendLine(line);
        }

        if (line.StartsWith("Server listening on", StringComparison.Ordinal))
        {
            listening.TrySetResult(true);
        }
    }

    /// <summary>An account with a home and a password that nobody knows; '*' rather than '!', which sshd takes for locked.</summary>
    private static void EnsureAccount(string user)
    {
        if (Command.TryRun("id", user) is null)
        {
            Command.Run("useradd", "--create-home", "--shell", "/bin/bash", "--password", "*", user);
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
