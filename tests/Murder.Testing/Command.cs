using System.Diagnostics;

namespace Murder.Testing;

/// <summary>Runs a program to its end, without a shell.</summary>
public static class Command
{
    /// <returns>its stdout</returns>
    /// <exception cref="InvalidOperationException">it failed</exception>
    public static string Run(string program, params string[] arguments)
    {
        (int exitCode, string output, string errors) = Execute(program, arguments);
        return exitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {exitCode}: {output}{errors}");
    }

    /// <returns>its stdout; null when it failed</returns>
    public static string? TryRun(string program, params string[] arguments)
    {
        (int exitCode, string output, _) = Execute(program, arguments);
        return exitCode == 0 ? output : null;
    }

    private static (int ExitCode, string Output, string Errors) Execute(string program, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
