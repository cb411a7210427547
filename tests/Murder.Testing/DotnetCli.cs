using System.Diagnostics;
using System.Text;

namespace Murder.Testing;

/// <summary>What a command printed, and how it ended.</summary>
public sealed record DotnetResult(string Command, int ExitCode, string Output)
{
    /// <summary>This, for an exit code of 0.</summary>
    /// <exception cref="InvalidOperationException">another one; with all the command printed</exception>
    public DotnetResult Succeeded() => ExitCode == 0 ? this : throw new InvalidOperationException(ToString());

    public override string ToString() => $"$ {Command}\n{Output}\nexit code {ExitCode}";
}

/// <summary>
/// Runs real <c>dotnet</c> commands as a user would, and writes every command and its output to a transcript: <c>transcripts/NAME.txt</c> beside
/// the tests' assembly.
/// </summary>
/// <param name="name">of the transcript</param>
public sealed class DotnetCli(string name)
{
    /// <summary>For a command that hangs; the slowest one links the agent on two busy cores.</summary>
    private static readonly TimeSpan TimeMax = TimeSpan.FromMinutes(15);

    private readonly string _transcript = CreateTranscript(name);

    /// <summary>Added to the environment of each command; null takes a variable away.</summary>
    public Dictionary<string, string?> Environment { get; } = new()
    {
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_CLI_UI_LANGUAGE"] = "en",
        // No node of MSBuild outlives its command and keeps our task's assembly from being replaced.
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
        // The test host hands down where its own SDK and MSBuild are; the command finds them by itself.
        ["MSBUILD_EXE_PATH"] = null,
        ["MSBuildSDKsPath"] = null,
        ["MSBuildExtensionsPath"] = null,
        ["HOSTS"] = null,
    };

    /// <summary>What the command line begins with, to run it somewhere else.</summary>
    public IReadOnlyList<string> Prefix { get; init; } = [];

    public async Task<DotnetResult> RunAsync(string workingDirectory, params string[] arguments)
    {
        using Process process = Start(workingDirectory, arguments);
        return await FinishAsync(process, arguments);
    }

    /// <summary>Starts a command, for a test that does something to it; <see cref="FinishAsync"/> waits for it.</summary>
    public Process Start(string workingDirectory, params string[] arguments)
    {
        string[] command = [.. Prefix, "dotnet", .. arguments];
        ProcessStartInfo start = new(command[0], command[1..])
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string variable, string? value) in Environment)
        {
            start.Environment.Remove(variable);
            if (value is not null)
            {
                start.Environment[variable] = value;
            }
        }

        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    public async Task<DotnetResult> FinishAsync(Process process, params string[] arguments)
    {
        using CancellationTokenSource deadline = new(TimeMax);
        StringBuilder output = new();
        try
        {
            await Task.WhenAll(CopyAsync(process.StandardOutput), CopyAsync(process.StandardError), process.WaitForExitAsync(deadline.Token));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"dotnet {string.Join(' ', arguments)} took longer than {TimeMax.TotalMinutes} minutes:\n{output}");
        }

        DotnetResult result = new($"dotnet {string.Join(' ', arguments)}", process.ExitCode, output.ToString());
        await File.AppendAllTextAsync(_transcript, $"{result}\n\n", CancellationToken.None);
        return result;

        async Task CopyAsync(StreamReader reader)
        {
            while (await reader.ReadLineAsync(deadline.Token) is { } line)
            {
                lock (output)
                {
                    output.AppendLine(line);
                }
            }
        }
    }

    private static string CreateTranscript(string name)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "transcripts", name + ".txt");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
        return path;
    }
}
