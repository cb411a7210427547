using System.Text;

namespace Murder.Deploy;

/// <summary>What is sent to a host's shell: our settings as quoted assignments, then <c>bootstrap.sh</c>.</summary>
internal static class BootstrapScript
{
    private static readonly string s_body = ReadBody();

    /// <param name="mark">begins every line meant for us; nothing else on the host can know it</param>
    /// <param name="excluded">folders that failed before</param>
    /// <param name="isDistrusted">an agent that is there already is replaced, whatever it looks like</param>
    public static byte[] Write(string mark, string root, IReadOnlyList<AgentPackage> packages, IReadOnlyList<string> excluded, bool isDistrusted = false)
    {
        string agents = string.Join(' ', packages.Select(p => $"{p.Rid}:{p.Sha256}:{p.RawLength}:{p.Gzip.Length}:{p.Checksum}"));
        // A root with control characters would break the line protocol; such a host keeps its agent elsewhere.
        string settings = $"""
            mark={Quote(mark)}
            agents={Quote(agents)}
            root={Quote(root.Any(char.IsControl) ? "" : root)}
            excluded={Quote(string.Join('\n', excluded))}
            distrusted={(isDistrusted ? "yes" : "")}

            """;
        return Encoding.UTF8.GetBytes(settings.ReplaceLineEndings("\n") + s_body);
    }

    /// <summary>One word for a POSIX shell, whatever it holds.</summary>
    public static string Quote(string text) => "'" + text.Replace("'", @"'\''", StringComparison.Ordinal) + "'";

    private static string ReadBody()
    {
        using Stream stream = typeof(BootstrapScript).Assembly.GetManifestResourceStream("bootstrap.sh")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
