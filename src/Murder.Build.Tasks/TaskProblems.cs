using Murder.Deploy;

namespace Murder.Build.Tasks;

/// <summary>The problems that only the MSBuild side can see. Those of the targets themselves (MURDER00nn, MURDER100n) stand in Murder.Build.targets.</summary>
internal static class TaskProblems
{
    public static Problem DeployedAlready(string projectFile) => new(
        "MURDER0021",
        $"Another build deploys {projectFile} at this moment, and would lose the publish folder that it seeds from.",
        "Wait until it is done, or deploy from another clone.");

    public static Problem Progress(string value) => new(
        "MURDER0029",
        $"MurderProgress is '{value}'.",
        "Leave the property out for 'auto', or set it to 'line', 'plain' or 'none'.");

    /// <param name="suggestion">null when nothing known is close to it</param>
    public static Problem UnknownProperty(string name, string? suggestion) => new(
        "MURDER0031",
        $"{name} is given for this run, but Murder.Build has no such property, and nothing would come of it.",
        suggestion is null ? "Leave it out; the package's README.md lists the properties." : $"Did you mean {suggestion}?");

    /// <param name="place">where it is set</param>
    /// <param name="suggestion">null when nothing known is close to it</param>
    public static Problem PropertyOfNoUse(string name, string place, string? suggestion) => new(
        "MURDER1031",
        $"{name} is set in {place}, but Murder.Build has no such property or item, and nothing comes of it.",
        suggestion is null ? "Take it out, or give what is your own another name." : $"Did you mean {suggestion}?");

    public static Problem Bug(Exception exception) => new(
        "MURDER0999",
        $"This is a bug in Murder.Build: {exception.GetType().Name}: {exception.Message}",
        "Run the same command with -v:d for the full text, and send it to the authors.");

    public static Problem FailedWithoutReason() => new(
        "MURDER0999",
        "This is a bug in Murder.Build: the deploy failed, and no host says why.",
        "Run the same command with -v:d, and send its output with report.json to the authors.");
}
