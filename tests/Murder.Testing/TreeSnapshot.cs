using System.Security.Cryptography;

namespace Murder.Testing;

/// <summary>What lies below a folder, as lines that can be compared: path, executable bit, and SHA-256 or link target.</summary>
public static class TreeSnapshot
{
    /// <summary>
    /// One line a file or symlink, ordered by path: <c>bin/app x 1f2e…</c>, <c>lib.so - 9c8d…</c>, <c>latest -> bin/app</c>. Empty folders do not count.
    /// </summary>
    public static IReadOnlyList<string> Of(string directory)
    {
        List<string> lines = [];
        Walk(new DirectoryInfo(directory), "", lines);
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    private static void Walk(DirectoryInfo directory, string prefix, List<string> lines)
    {
        foreach (FileSystemInfo entry in directory.EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0 }))
        {
            string path = prefix + entry.Name;
            if (entry.LinkTarget is { } target)
            {
                lines.Add($"{path} -> {target}");
            }
            else if (entry is DirectoryInfo child)
            {
                Walk(child, path + "/", lines);
            }
            else
            {
                using FileStream file = File.OpenRead(entry.FullName);
                char executable = entry.UnixFileMode.HasFlag(UnixFileMode.UserExecute) ? 'x' : '-';
                lines.Add($"{path} {executable} {Convert.ToHexStringLower(SHA256.HashData(file))}");
            }
        }
    }
}
