using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Murder.Swarm.IO.Tests;

internal static class TestProcess
{
    /// <summary>Runs a small program to its end and returns what it wrote.</summary>
    public static string Run(string directory, string command, params string[] arguments)
    {
        ProcessStartInfo start = new(command, arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{command}: {error}");
        return output.TrimEnd();
    }
}

/// <summary>A small file system of its own, for as long as the test needs it.</summary>
internal sealed class TestMount : IDisposable
{
    private TestMount(string path) => Path = path;

    public string Path { get; }

    public static TestMount Tmpfs(string path, string options)
    {
        Assert.True(Environment.IsPrivilegedProcess, "this test mounts a tmpfs: run the tests as root");
        Directory.CreateDirectory(path);
        TestProcess.Run("/", "mount", "-t", "tmpfs", "-o", options, "tmpfs", path);
        return new TestMount(path);
    }

    public void Dispose() => TestProcess.Run("/", "umount", "--lazy", Path);
}

internal static partial class Umask
{
    /// <summary>Sets the umask of this whole process; returns the one before.</summary>
    public static int Set(int mask) => umask(mask);

    [LibraryImport("libc")]
    private static partial int umask(int mask);
}
