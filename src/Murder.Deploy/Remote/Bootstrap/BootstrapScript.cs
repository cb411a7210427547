using System.Text;

namespace Murder.Deploy;

/// <summary>What is sent to a host's shell: our settings as quoted assignments, then <c>bootstrap.sh</c>.</summary>
internal static class BootstrapScript
{
    private static readonly string s_body = Read("bootstrap.sh");
    private static readonly string s_relay = Read("relay.pl");
    private static readonly string s_get = Read("get.pl");

    /// <param name="mark">begins every line meant for us; nothing else on the host can know it</param>
    /// <param name="excluded">folders that failed before</param>
    /// <param name="isDistrusted">an agent that is there already is replaced, whatever it looks like</param>
    /// <param name="relay">null when hosts are not to bring the agent to each other</param>
    public static byte[] Write(string mark, string root, IReadOnlyList<AgentPackage> packages, IReadOnlyList<string> excluded, bool isDistrusted = false, RelayOffer? relay = null)
    {
        string agents = string.Join(' ', packages.Select(p => $"{p.Rid}:{p.Sha256}:{p.RawLength}:{p.Gzip.Length}:{p.Checksum}"));
        // A root with control characters would break the line protocol; such a host keeps its agent elsewhere.
        string settings = $"""
            mark={Quote(mark)}
            agents={Quote(agents)}
            root={Quote(root.Any(char.IsControl) ? "" : root)}
            excluded={Quote(string.Join('\n', excluded))}
            distrusted={(isDistrusted ? "yes" : "")}
            relay_path={Quote(relay?.Path ?? "")}
            relay_port={relay?.Port ?? 0}
            relay_in_perl={Quote(relay is null ? "" : s_relay)}
            get_in_perl={Quote(relay is null ? "" : s_get)}

            """;
        return Encoding.UTF8.GetBytes(settings.ReplaceLineEndings("\n") + s_body);
    }

    /// <summary>One word for a POSIX shell, whatever it holds.</summary>
    public static string Quote(string text) => "'" + text.Replace("'", @"'\''", StringComparison.Ordinal) + "'";

    /// <summary>Without what is for readers of the source only: it goes to every host.</summary>
    private static string Read(string resource)
    {
        using Stream stream = typeof(BootstrapScript).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        IEnumerable<string> lines = reader.ReadToEnd().ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimStart(' '));
        return string.Join('\n', lines.Where(line => !line.StartsWith('#')));
    }
}
