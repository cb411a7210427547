using System.Diagnostics;

namespace Murder.Deploy;

/// <summary>Has a command print the inventory: what terraform or a cloud knows of a fleet need not stand in a file.</summary>
internal static class InventoryCommand
{
    private static readonly TimeSpan s_answerMax = TimeSpan.FromMinutes(2);

    /// <summary>Runs it by the system's shell, in the folder. Null, with what is wrong, when it fails or takes too long.</summary>
    public static InventoryText? Run(string command, string directory, List<Problem> problems)
    {
        ProcessStartInfo start = ChildProcess.DescribeCommand(command);
        start.WorkingDirectory = directory;
        try
        {
            ProcessAnswer answer = ProcessAnswer.Of(start, s_answerMax);
            if (answer.ExitCode == 0)
            {
                return new InventoryText(Path.Combine(directory, $"output of '{command}'"), answer.Output);
            }

            problems.Add(InventoryProblems.CommandFailed(command, $"it ended with exit code {answer.ExitCode}{(answer.Errors.Length == 0 ? "" : $": {answer.Errors}")}"));
        }
        catch (IOException e)
        {
            problems.Add(InventoryProblems.CommandFailed(command, e.Message));
        }

        return null;
    }
}
