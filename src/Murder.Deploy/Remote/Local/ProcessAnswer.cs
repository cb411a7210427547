using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Murder.Deploy;

/// <summary>What a process said that was asked something: it got no stdin and has ended.</summary>
/// <param name="Errors">its stderr, in one line</param>
internal sealed record ProcessAnswer(int ExitCode, string Output, string Errors)
{
    /// <summary>Blocks until it has ended; one that takes longer than it may is killed with its descendants.</summary>
    /// <exception cref="IOException">it does not start, or takes too long</exception>
    public static ProcessAnswer Of(ProcessStartInfo start, TimeSpan max)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.StandardOutputEncoding = Encoding.UTF8;
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            // On threads of their own: those of the pool may all be waiting here, each for its process.
            Task<string> output = DedicatedThread.RunAsync("answer", process.StandardOutput.ReadToEnd);
            Task<string> errors = DedicatedThread.RunAsync("answer errors", process.StandardError.ReadToEnd);
            if (!Task.WaitAll([output, errors], max))
            {
                process.Kill(entireProcessTree: true);
                throw new IOException($"it did not answer within {max.TotalSeconds:0} s");
            }

            process.WaitForExit();
            return new ProcessAnswer(process.ExitCode, output.Result, errors.Result.Trim().ReplaceLineEndings(" / "));
        }
        catch (Win32Exception e)
        {
            throw new IOException($"{start.FileName} does not start: {e.Message}", e);
        }
    }
}
