using System.Text.RegularExpressions;

namespace Murder.Deploy.Tests;

/// <summary>Where the live page of a deploy is.</summary>
internal static partial class LivePage
{
    /// <summary>As the deploy's log tells it; null while it does not.</summary>
    public static string? UrlOf(DeployFixture deploy) => deploy.Log.Select(line => Address().Match(line)).FirstOrDefault(match => match.Success)?.Value;

    [GeneratedRegex("http://127\\.0\\.0\\.1:[0-9]+/[0-9a-f]{32}/")]
    private static partial Regex Address();
}
