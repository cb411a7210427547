using System.Text;

namespace Murder.Deploy;

/// <summary>
/// All host keys this deploy trusts, read once from known_hosts files. SSH.NET knows nothing of them and trusts any key unless told
/// otherwise, so every verdict on a host key comes from here. Immutable; thread-safe.
/// </summary>
internal sealed class KnownHosts(IReadOnlyList<KnownHostsLine> lines, IReadOnlyList<string> files)
{
    /// <summary>The files that were asked for, for messages; some may not exist.</summary>
    public IReadOnlyList<string> Files { get; } = files;

    /// <summary>Reads the files that exist.</summary>
    /// <exception cref="IOException">a file exists and cannot be read</exception>
    /// <exception cref="UnauthorizedAccessException">a file exists and may not be read</exception>
    public static KnownHosts Read(IReadOnlyList<string> files)
    {
        var lines = new List<KnownHostsLine>();
        foreach (string file in files)
        {
            if (File.Exists(file))
            {
                lines.AddRange(Parse(File.ReadAllText(file, Encoding.UTF8), file));
            }
        }

        return new KnownHosts(lines, files);
    }

    public static IEnumerable<KnownHostsLine> Parse(string text, string file)
    {
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            if (KnownHostsLine.TryParse(line.TrimEnd('\r'), $"{file}:{number}") is { } known)
            {
                yield return known;
            }
        }
    }

    /// <summary>What the files say about a host, under its alias when it has one.</summary>
    public HostKeys Of(TargetHost host) =>
        host.Ssh?.HostKeyAlias is { } alias ? Of(alias, HostKeys.DefaultPort) : Of(host.HostName, host.SshPort);

    /// <summary>How a host is called in the files: with its port, unless that is the usual one.</summary>
    public static string NameOf(string host, int port) => port == HostKeys.DefaultPort ? host : $"[{host}]:{port}";

    /// <summary>What the files say about one host. Hashed lines cost an HMAC each, so this is asked once a connection.</summary>
    public HostKeys Of(string host, int port)
    {
        string plain = host.ToLowerInvariant();
        if (port == HostKeys.DefaultPort)
        {
            return new HostKeys(plain, LinesOf(plain), []);
        }

        return new HostKeys(plain, LinesOf(NameOf(plain, port)), LinesOf(plain));
    }

    private List<KnownHostsLine> LinesOf(string name) => [.. lines.Where(line => line.Pattern.Matches(name))];
}
