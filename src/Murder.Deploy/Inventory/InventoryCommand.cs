using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Murder.Deploy;

/// <summary>Has a command print the inventory: what terraform or a cloud knows of a fleet need not stand in a file.</summary>
internal static class InventoryCommand
{
    private static readonly TimeSpan s_answerMax = TimeSpan.FromMinutes(2);

    /// <summary>Runs it by the system's shell, in the folder. Null, with what is wrong, when it fails or takes too long.</summary>
    public static InventoryText? Run(string command, string directory, List<Problem> problems)
    {
        ProcessStartInfo start = OperatingSystem.IsWindows() ? ChildProcess.Describe("cmd.exe", "/d", "/c", command) : ChildProcess.Describe("/bin/sh", "-c", command);
        start.WorkingDirectory = directory;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.StandardOutputEncoding = Encoding.UTF8;
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            if (!Task.WaitAll([output, errors], s_answerMax))
            {
                process.Kill(entireProcessTree: true);
                problems.Add(InventoryProblems.CommandFailed(command, $"it took longer than {s_answerMax.TotalMinutes:0} minutes"));
                return null;
            }

            process.WaitForExit();
            if (process.ExitCode == 0)
            {
                return new InventoryText(Path.Combine(directory, $"output of '{command}'"), output.Result);
            }

            string said = errors.Result.Trim();
            problems.Add(InventoryProblems.CommandFailed(command, $"it ended with exit code {process.ExitCode}{(said.Length == 0 ? "" : $": {said.ReplaceLineEndings(" / ")}")}"));
        }
        catch (Win32Exception e)
        {
            problems.Add(InventoryProblems.CommandFailed(command, e.Message));
        }

        return null;
    }
}
