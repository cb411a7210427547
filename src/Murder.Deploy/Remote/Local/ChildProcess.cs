using System.Diagnostics;

namespace Murder.Deploy;

/// <summary>How a process of our own is started on this machine, whatever it is.</summary>
internal static class ChildProcess
{
    /// <summary>What MSBuild and the dotnet command leave in the environment for their own children and would disturb an application.</summary>
    private static readonly string[] s_disturbing =
        ["MSBUILD", "DOTNET_CLI_", "DOTNET_HOST_PATH", "DOTNET_STARTUP_HOOKS", "DOTNET_ADDITIONAL_DEPS", "DOTNET_SHARED_STORE", "DOTNET_DiagnosticPorts", "VSTEST_"];

    /// <summary>
    /// In a session of its own where the system has a command for that: .NET has no way to keep a Ctrl-C at the terminal from the whole process
    /// group, and agents that end before the deployer looks are reported as lost instead of cancelled. setsid executes in place, so the process
    /// id stays the child's. Without it the agent takes SIGINT for the end of its stdin.
    /// </summary>
    public static ProcessStartInfo Describe(string program, params IReadOnlyList<string> arguments)
    {
        string? setsid = OnPath("setsid");
        ProcessStartInfo start = setsid is null ? new(program, arguments) : new(setsid, [program, .. arguments]);
        foreach (string name in start.Environment.Keys.Where(name => s_disturbing.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))).ToArray())
        {
            start.Environment.Remove(name);
        }

        return start;
    }

    /// <summary>As <see cref="Describe"/>, of a command line for the system's shell.</summary>
    public static ProcessStartInfo DescribeCommand(string command) =>
        OperatingSystem.IsWindows() ? Describe("cmd.exe", "/d", "/c", command) : Describe("/bin/sh", "-c", command);

    /// <summary>Where the system would find the program; null when it would not.</summary>
    public static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program + (OperatingSystem.IsWindows() ? ".exe" : "")))
            .FirstOrDefault(File.Exists);
}
