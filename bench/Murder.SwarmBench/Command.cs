using System.Diagnostics;

namespace Murder.SwarmBench;

/// <summary>Other programs.</summary>
internal static class Command
{
    public static Task<string> RunAsync(string file, IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        RunAsync(new ProcessStartInfo(file, arguments), cancellationToken);

    public static Task<string> RunAsync(string file, IEnumerable<string> arguments, string folder, CancellationToken cancellationToken) =>
        RunAsync(new ProcessStartInfo(file, arguments) { WorkingDirectory = folder }, cancellationToken);

    /// <summary>What it printed.</summary>
    /// <exception cref="BenchException">it failed</exception>
    public static async Task<string> RunAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0
                ? await output
                : throw new BenchException($"{start.FileName} {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}:\n{Tail(await output + await errors)}");
        }
        finally
        {
            Kill(process);
        }
    }

    public static void Kill(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private static string Tail(string text) => text.Length <= 4000 ? text : "…" + text[^4000..];
}
