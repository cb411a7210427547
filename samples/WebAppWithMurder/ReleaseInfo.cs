using System.Reflection;
using Humanizer;

namespace WebAppWithMurder;

/// <summary>Which release this process runs, and since when.</summary>
internal sealed class ReleaseInfo(TimeProvider time)
{
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    public ReleaseStatus Describe()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        FileSystemInfo release = folder.ResolveLinkTarget(returnFinalTarget: true) ?? folder;
        return new ReleaseStatus(
            Release: release.Name,
            Version: Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? "",
            Host: Environment.MachineName,
            Uptime: (time.GetUtcNow() - _startedAt).Humanize(precision: 2));
    }
}

/// <summary>What the status page shows.</summary>
/// <param name="Release">name of the folder the app runs from: on a host of a deploy that is the release id</param>
internal sealed record ReleaseStatus(string Release, string Version, string Host, string Uptime);
