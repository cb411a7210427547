using System.Diagnostics;
using System.Globalization;
using Murder.PeerHost.Contract;

namespace Murder.PeerHost.Tests;

/// <summary>
/// A real agent and the deployer's end of its control channel. The agent is the framework-dependent one of this build, or, when the variable
/// <c>MURDER_TEST_AGENT</c> names an executable, that one: so the same tests run with the static agent.
/// </summary>
internal sealed class AgentProcess : IDisposable
{
    /// <summary>Generous: the machine may be slow and busy.</summary>
    public static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly LineReader _lines;
    private readonly Task<string> _errors;

    private AgentProcess(Process process)
    {
        _process = process;
        _lines = new LineReader(process.StandardOutput.BaseStream, AgentProtocol.EventLineBytesMax);
        _errors = process.StandardError.ReadToEndAsync();
    }

    public AgentHello Hello { get; private set; } = null!;

    /// <summary>A native agent to test; null for the framework-dependent one.</summary>
    public static string? NativePath { get; } = Environment.GetEnvironmentVariable("MURDER_TEST_AGENT");

    /// <summary>Starts an agent and takes its hello.</summary>
    public static async Task<AgentProcess> StartAsync(string? sshConnection = null, params (string Name, string? Value)[] environment)
    {
        ProcessStartInfo start = StartInfo([], sshConnection);
        foreach ((string name, string? value) in environment)
        {
            start.Environment[name] = value;
        }

        AgentProcess agent = new(Process.Start(start)!);
        agent.Hello = await agent.ReadAsync<AgentHello>();
        return agent;
    }

    /// <summary>Starts an agent on a network of its own, and takes its hello.</summary>
    /// <param name="links">commands of a shell that make its links; loopback is up</param>
    public static async Task<AgentProcess> StartOnAsync(string links, string sshConnection)
    {
        ProcessStartInfo start = StartInfo([], sshConnection);
        string[] agent = [start.FileName, .. start.ArgumentList];
        start.FileName = "unshare";
        start.ArgumentList.Clear();
        Array.ForEach(["--net", "sh", "-ec", $"ip link set lo up; {links}; exec \"$@\"", "sh", .. agent], start.ArgumentList.Add);
        AgentProcess started = new(Process.Start(start)!);
        started.Hello = await started.ReadAsync<AgentHello>();
        return started;
    }

    /// <summary>An agent that ends, as by a crash, before it takes one of its steps through the file system.</summary>
    /// <param name="step">counted from 0 on; negative for never</param>
    /// <param name="stepsPath">where it writes down each step, a line each, before it takes it</param>
    /// <param name="hangs">in the step, instead</param>
    public static async Task<AgentProcess> StartCrashingAsync(int step, string stepsPath, bool hangs = false)
    {
        ProcessStartInfo start = StartInfo([], sshConnection: null);
        start.FileName = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        start.ArgumentList.Clear();
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "murder-crashing-agent.dll"));
        start.ArgumentList.Add(step.ToString(CultureInfo.InvariantCulture));
        start.ArgumentList.Add(stepsPath);
        if (hangs)
        {
            start.ArgumentList.Add("hangs");
        }

        AgentProcess agent = new(Process.Start(start)!);
        agent.Hello = await agent.ReadAsync<AgentHello>();
        return agent;
    }

    /// <summary>Runs the executable to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using Process process = Process.Start(StartInfo(arguments, sshConnection: null))!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(PatienceMax);
        await process.WaitForExitAsync().WaitAsync(PatienceMax);
        return (process.ExitCode, output, await errors);
    }

    /// <summary>Runs the executable as something else than an agent.</summary>
    public static Process Start(string[] arguments) => Process.Start(StartInfo(arguments, sshConnection: null))!;

    public Task SendAsync(AgentCommand command) => SendLineAsync(AgentJson.Write(command), command.Trailer);

    public async Task SendLineAsync(ReadOnlyMemory<byte> line, ReadOnlyMemory<byte> trailer = default)
    {
        Stream input = _process.StandardInput.BaseStream;
        await input.WriteAsync(line);
        await input.WriteAsync("\n"u8.ToArray());
        await input.WriteAsync(trailer);
        await input.FlushAsync();
    }

    /// <summary>The next event, null when the agent's stdout has ended.</summary>
    public async Task<AgentEvent?> ReadAnyAsync()
    {
        ReadOnlyMemory<byte>? line = await _lines.ReadLineAsync(CancellationToken.None).AsTask().WaitAsync(PatienceMax);
        return line is { } there ? AgentJson.ReadEvent(there.Span) ?? throw new InvalidDataException("a line on stdout is no event") : null;
    }

    /// <summary>The next event but progress, work, what was sent and the switch of current, which must be of the type.</summary>
    public async Task<T> ReadAsync<T>()
        where T : AgentEvent
    {
        while (true)
        {
            AgentEvent? next = await ReadAnyAsync();
            if (next is T wanted)
            {
                return wanted;
            }

            if (next is not (AgentProgress or AgentWorking or AgentUploaded or AgentSwitched))
            {
                throw new InvalidDataException($"{typeof(T).Name} was expected, not {next?.ToString() ?? $"the end of stdout: {await _errors}"}");
            }
        }
    }

    /// <summary>The first progress event that the condition holds for.</summary>
    public async Task<AgentProgress> ReadProgressAsync(Func<AgentProgress, bool> condition)
    {
        AgentProgress progress;
        do
        {
            progress = await ReadAsync<AgentProgress>();
        }
        while (!condition(progress));
        return progress;
    }

    public async Task<AgentFailed> ReadFailureAsync(AgentCommand command)
    {
        await SendAsync(command);
        return await ReadAsync<AgentFailed>();
    }

    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Whatever the agent says from now on, it is told that nobody reads it.</summary>
    public void CloseOutput() => _process.StandardOutput.Close();

    /// <summary>TERM, HUP, KILL.</summary>
    public void Signal(string name)
    {
        using Process kill = Process.Start("sh", ["-c", $"kill -{name} {_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Its exit code, once it has ended.</summary>
    public async Task<int> ExitedAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(PatienceMax);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static ProcessStartInfo StartInfo(string[] arguments, string? sshConnection)
    {
        string[] portable = [Path.Combine(AppContext.BaseDirectory, "murder-peer.dll"), .. arguments];
        ProcessStartInfo start = new(NativePath ?? Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", NativePath is null ? portable : arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SSH_CONNECTION"] = sshConnection;
        return start;
    }
}
