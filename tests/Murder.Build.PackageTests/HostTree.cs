using System.Text.Json;
using Murder.Testing;

namespace Murder.Build.PackageTests;

/// <summary>What a host must look like after a deploy.</summary>
internal static class HostTree
{
    /// <summary>The release that <c>current</c> points to holds exactly the publish output; nothing half-written lies beside it. Returns the release's id.</summary>
    public static string AssertRuns(string root, string publishDirectory)
    {
        string? link = new DirectoryInfo(Path.Combine(root, "current")).LinkTarget;
        Assert.NotNull(link);
        Assert.StartsWith("releases/", link, StringComparison.Ordinal);
        Assert.Equal(TreeSnapshot.Of(publishDirectory), TreeSnapshot.Of(Path.Combine(root, link)));
        AssertNothingHalfWritten(root);
        return Path.GetFileName(link);
    }

    /// <summary>Process id of the agent that holds the root's lock; null when there is none. Not read by .NET, which respects the lock.</summary>
    public static int? AgentOf(string root)
    {
        string? holder = Command.TryRun("cat", Path.Combine(root, ".murder", "lock"));
        return string.IsNullOrEmpty(holder) ? null : JsonDocument.Parse(holder).RootElement.GetProperty("processId").GetInt32();
    }

    public static void AssertNothingHalfWritten(string root) =>
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(root, "releases"), "*.partial"));

    public static IReadOnlyList<string> Releases(string root) =>
        [.. Directory.EnumerateDirectories(Path.Combine(root, "releases")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
