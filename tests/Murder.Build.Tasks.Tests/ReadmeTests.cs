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

    [GeneratedRegex("MURDER[0-9]{4}")]
    private static partial Regex Code();

    [GeneratedRegex("\"(?<code>MURDER[0-9]{4})\"")]
    private static partial Regex RaisedCode();
}
