using System.Diagnostics;
using System.Globalization;

namespace Murder.Testing;

/// <summary>A browser of this machine without a window, with a profile of its own, that takes orders on a port.</summary>
internal sealed class ChromiumProcess : IAsyncDisposable
{
    private readonly TestDirectory _profile = new();
    private readonly Process _process;

    private ChromiumProcess()
    {
        string[] options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-port=0", $"--user-data-dir={_profile.Path}"];
        _process = Process.Start(new ProcessStartInfo("chromium", [.. options, "about:blank"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.BeginOutputReadLine(); // what it has to say concerns nobody, but would stop it where nobody takes it
        _process.BeginErrorReadLine();
    }

    /// <summary>Where the DevTools protocol is spoken, on 127.0.0.1.</summary>
    public int Port { get; private set; }

    /// <exception cref="InvalidOperationException">the browser cannot be run</exception>
    public static async Task<ChromiumProcess> StartAsync()
    {
        ChromiumProcess browser = new();
        try
        {
            await Eventually.TrueAsync(browser.HasPort);
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _profile.Dispose();
    }

    /// <summary>The browser writes the port that it was given into its profile, in the first of two lines.</summary>
    private bool HasPort()
    {
        if (_process.HasExited)
        {
            throw new InvalidOperationException($"chromium ended with {_process.ExitCode} before it took orders");
        }

        string told = _profile.Combine("DevToolsActivePort");
        string[] lines = File.Exists(told) ? File.ReadAllLines(told) : [];
        Port = lines.Length > 1 ? int.Parse(lines[0], CultureInfo.InvariantCulture) : 0;
        return Port > 0;
    }
}
