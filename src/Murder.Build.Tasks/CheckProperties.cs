using Microsoft.Build.Framework;
using Murder.Deploy;

namespace Murder.Build.Tasks;

/// <summary>
/// Refuses properties that were typed for this run and that nobody reads, before anything is done. It asks MSBuild for the global properties and
/// not the command line: a worker of MSBuild has them too, and a response file does not hide them. What a project sets is not among them.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class CheckProperties : Microsoft.Build.Utilities.Task
{
    /// <summary>What all our properties, and no others, begin with.</summary>
    private const string Prefix = "Murder";

    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>The names that may be given.</summary>
    [Required]
    public ITaskItem[] Known { get; set; } = [];

    public override bool Execute()
    {
        using MSBuildLog log = new(Log, ProjectFile, ProgressStyle.None);
        log.Report(ProblemsOf(BuildEngine6.GetGlobalProperties().Keys, [.. Known.Select(item => item.ItemSpec)]));
        return !Log.HasLoggedErrors;
    }

    /// <summary>One for each name that is ours by its prefix and not known. MSBuild takes capitals for small letters in names.</summary>
    private static IEnumerable<Problem> ProblemsOf(IEnumerable<string> given, string[] known) =>
        given.Where(name => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && !known.Contains(name, StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)
            .Select(name => TaskProblems.UnknownProperty(name, SuggestionFor(name, known)));

    /// <summary>By what follows the prefix: with it all names would be alike.</summary>
    private static string? SuggestionFor(string name, string[] known) =>
        Suggestion.For(name[Prefix.Length..], known.Select(each => each[Prefix.Length..])) is { } closest ? Prefix + closest : null;
}
