using System.Diagnostics;
using System.Globalization;

namespace Murder.Testing;

/// <summary>Processes by their ids, from /proc.</summary>
public static class ProcessTree
{
    public static IReadOnlyList<int> ChildrenOf(int id) =>
        [.. Directory.GetDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out int child) ? child : 0)
            .Where(child => child > 0 && ParentOf(child) == id)];

    public static IReadOnlyList<int> DescendantsOf(int id) => [.. ChildrenOf(id).SelectMany(child => DescendantsOf(child).Prepend(child))];

    public static string CommandLineOf(int id) => TryRead($"/proc/{id}/cmdline")?.Replace('\0', ' ').Trim() ?? "";

    /// <summary>The session a process belongs to, which a terminal's Ctrl-C does not leave.</summary>
    public static int SessionOf(int id) => StatOf(id, 3);

    public static bool IsRunning(int id) => TryRead($"/proc/{id}/stat") is { } stat && !stat[(stat.LastIndexOf(')') + 1)..].StartsWith(" Z", StringComparison.Ordinal);

    public static void KillWithDescendants(int id)
    {
        foreach (int each in DescendantsOf(id).Prepend(id))
        {
            Kill(each);
        }
    }

    public static void Kill(int id)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // it has ended already
        }
    }

    private static int ParentOf(int id) => StatOf(id, 1);

    /// <summary>A number of "pid (name) state parent group session ...", counted from the state; the name may hold anything. 0 when the process has ended.</summary>
    private static int StatOf(int id, int index)
    {
        string? stat = TryRead($"/proc/{id}/stat");
        return stat is null ? 0 : int.Parse(stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[index], CultureInfo.InvariantCulture);
    }

    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // the process has ended
        }
    }
}
