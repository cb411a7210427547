using System.Text.RegularExpressions;
using Murder.Testing;

namespace Murder.Build.Tasks.Tests;

/// <summary>What the README promises, held against the source.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public void Every_code_is_explained_and_no_other()
    {
        string[] sources =
        [
            .. Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories).Where(path => !path.Contains("/obj/", StringComparison.Ordinal)),
            .. Directory.GetFiles(Path.Combine(Repository.Root, "build"), "Murder.Build.*"),
            .. Directory.GetFiles(Path.Combine(Repository.Root, "buildMultiTargeting")),
        ];
        string[] raised = [.. sources.SelectMany(path => RaisedCode().Matches(File.ReadAllText(path))).Select(match => match.Groups["code"].Value).Distinct().Order()];
        string[] explained = [.. Code().Matches(File.ReadAllText(Path.Combine(Repository.Root, "README.md"))).Select(match => match.Value).Distinct().Order()];

        Assert.NotEmpty(raised);
        Assert.Equal(raised, explained);
    }

    /// <summary>A property that nobody sets in a test may do nothing.</summary>
    [Fact]
    public void Every_property_is_set_by_a_test()
    {
        string[] properties = [.. Properties()];
        string tests = TestSources();

        Assert.Contains("MurderHosts", properties);
        Assert.Contains("MurderProgress", properties);
        Assert.Equal([], properties.Where(property => !Regex.IsMatch(tests, $@"\b{property}\b")));
    }

    /// <summary>The names of the table that are ours: all but <c>Hosts</c>.</summary>
    internal static IEnumerable<string> Properties() =>
        PropertyRow().Matches(Section("## Properties")).SelectMany(row => Name().Matches(row.Value)).Select(name => name.Value).Where(name => name != "Hosts");

    /// <summary>A code is known to the tests by its number or by the reason that it stands for.</summary>
    [Fact]
    public void Every_code_is_seen_by_a_test()
    {
        ILookup<string, string> reasons = HostReason().Matches(File.ReadAllText(Repository.Combine("src", "Murder.Deploy", "Remote", "HostProblems.cs")))
            .ToLookup(match => match.Groups["code"].Value, match => match.Groups["reason"].Value);
        string tests = TestSources();
        string[] codes = [.. Code().Matches(Section("## When something goes wrong")).Select(match => match.Value).Distinct()];

        Assert.Equal([], codes.Where(code => !reasons[code].Append(code).Any(word => Regex.IsMatch(tests, $@"\b{Regex.Escape(word)}\b"))));
    }

    private static string Section(string heading)
    {
        string readme = File.ReadAllText(Repository.Combine("README.md"));
        int start = readme.IndexOf(heading + "\n", StringComparison.Ordinal);
        return readme[start..readme.IndexOf("\n## ", start + heading.Length, StringComparison.Ordinal)];
    }

    /// <summary>All tests but this one, which names what others lack.</summary>
    private static string TestSources() => string.Join('\n', Directory.GetFiles(Repository.Combine("tests"), "*.cs", SearchOption.AllDirectories)
        .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && Path.GetFileName(path) != $"{nameof(ReadmeTests)}.cs")
        .Select(File.ReadAllText));

    [GeneratedRegex(@"^\| `[A-Za-z]+`[^|]*", RegexOptions.Multiline)]
    private static partial Regex PropertyRow();

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Name();

    [GeneratedRegex("(?<reason>HostFailure\\.[A-Za-z]+) => \"(?<code>MURDER[0-9]{4})\"")]
    private static partial Regex HostReason();

    [GeneratedRegex("MURDER[0-9]{4}")]
    private static partial Regex Code();

    [GeneratedRegex("\"(?<code>MURDER[0-9]{4})\"")]
    private static partial Regex RaisedCode();
}
