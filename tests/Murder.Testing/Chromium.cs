using System.Diagnostics;

namespace Murder.Testing;

/// <summary>A real browser without a window, which opens a page of this machine as a person would.</summary>
public static class Chromium
{
    private static readonly TimeSpan s_timeMax = TimeSpan.FromMinutes(2);

    /// <summary>The page as it stands once its scripts have run.</summary>
    /// <exception cref="InvalidOperationException">the browser cannot be run, or a script of the page failed</exception>
    public static async Task<string> DumpAsync(string url) => await RunAsync(url, "--dump-dom");

    /// <summary>A picture of the page, as an artefact that people look at: <c>artifacts/screenshots/NAME.png</c> in the repository.</summary>
    public static async Task<string> PhotographAsync(string url, string name, bool isDark = false)
    {
        string path = Repository.Combine("artifacts", "screenshots", name + ".png");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Delete(path);
        string[] options = [$"--screenshot={path}", "--window-size=1160,2100", "--hide-scrollbars"];
        await RunAsync(url, isDark ? [.. options, "--blink-settings=preferredColorScheme=0"] : options);
        return path;
    }

    private static async Task<string> RunAsync(string url, params string[] options)
    {
        using TestDirectory profile = new();
        using Process process = Process.Start(new ProcessStartInfo(
            "chromium",
            ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr", $"--user-data-dir={profile.Path}", "--virtual-time-budget=3000", .. options, url])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using CancellationTokenSource deadline = new(s_timeMax);
        Task<string> errors = process.StandardError.ReadToEndAsync(deadline.Token);
        string output = await process.StandardOutput.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        string said = await errors;
        return process.ExitCode == 0 && !said.Contains("Uncaught", StringComparison.Ordinal) && !said.Contains("Refused to", StringComparison.Ordinal)
            ? output
            : throw new InvalidOperationException($"chromium ended with {process.ExitCode}:\n{said}");
    }
}
