using System.Text.RegularExpressions;
using Microsoft.Build.Framework;
using Murder.Deploy;

namespace Murder.Build.Tasks;

/// <summary>
/// Refuses properties that were typed for this run and that nobody reads, before anything is done, and warns of those that a project or the environment
/// sets. It asks MSBuild for the global properties and not the command line: a worker of MSBuild has them too, and a response file does not hide
/// them. What a project sets MSBuild tells no task, so its files are looked through for the names.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed partial class CheckProperties : Microsoft.Build.Utilities.Task
{
    /// <summary>What all our properties, and no others, begin with.</summary>
    private const string Prefix = "Murder";

    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>The names that may be given.</summary>
    [Required]
    public ITaskItem[] Known { get; set; } = [];

    /// <summary>Items that may stand in a project.</summary>
    [Required]
    public ITaskItem[] KnownItems { get; set; } = [];

    /// <summary>The project, and files that it imports; those that are there are looked at.</summary>
    [Required]
    public ITaskItem[] Files { get; set; } = [];

    public override bool Execute()
    {
        using MSBuildLog log = new(Log, ProjectFile, ProgressStyle.None);
        string[] known = [.. Known.Select(item => item.ItemSpec)];
        log.Report(Unknown(BuildEngine6.GetGlobalProperties().Keys, known).Select(name => TaskProblems.UnknownProperty(name, SuggestionFor(name, known))));
        string[] inFiles = [.. known, .. KnownItems.Select(item => item.ItemSpec)];
        foreach (string file in Files.Select(item => item.GetMetadata("FullPath")).Where(File.Exists))
        {
            IEnumerable<string> names = Element().Matches(Comment().Replace(File.ReadAllText(file), "")).Select(match => match.Groups["name"].Value).Distinct();
            log.Report(Unknown(names, inFiles).Select(name => TaskProblems.PropertyOfNoUse(name, file, SuggestionFor(name, inFiles))));
        }

        // MURDER_… are the variables of hooks and of our own tools.
        IEnumerable<string> variables = Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(name => !name.Contains('_'));
        log.Report(Unknown(variables, known).Select(name => TaskProblems.PropertyOfNoUse(name, "the environment", SuggestionFor(name, known))));
        return !Log.HasLoggedErrors;
    }

    /// <summary>Each name that is ours by its prefix and not known. MSBuild takes capitals for small letters in names.</summary>
    private static IEnumerable<string> Unknown(IEnumerable<string> given, string[] known) =>
        given.Where(name => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && !known.Contains(name, StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal);

    /// <summary>By what follows the prefix: with it all names would be alike.</summary>
    private static string? SuggestionFor(string name, string[] known) =>
        Suggestion.For(name[Prefix.Length..], known.Select(each => each[Prefix.Length..])) is { } closest ? Prefix + closest : null;

    [GeneratedRegex(@"<(?<name>Murder\w+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Element();

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Comment();
}
