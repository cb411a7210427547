using System.IO.Enumeration;
using System.Text;

namespace Murder.Deploy;

/// <summary>ssh's configuration as text: its files and their lines, whatever these mean.</summary>
internal static class SshConfigText
{
    private const int IncludesMax = 16; // as ssh

    private static readonly char[] s_blanks = [' ', '\t'];

    /// <summary>The files in their order, each with the folder from which its includes start.</summary>
    /// <param name="configFile">in place of the user's and the system's; null for those</param>
    public static IReadOnlyList<(string Path, string IncludesFrom)> Files(string? configFile, string homeDirectory)
    {
        string ssh = Path.Combine(homeDirectory, ".ssh");
        return configFile is not null ? [(configFile, ssh)] : [(Path.Combine(ssh, "config"), ssh), ("/etc/ssh/ssh_config", "/etc/ssh")];
    }

    /// <summary>The lines that say something, the keyword in lower case; none of a file that is not there.</summary>
    /// <param name="depth">how many includes led to the file</param>
    /// <exception cref="IOException">the file cannot be read, or includes itself</exception>
    public static IEnumerable<(string Keyword, IReadOnlyList<string> Arguments)> Read(string path, int depth)
    {
        if (depth > IncludesMax)
        {
            throw new IOException($"{path}: includes nest more than {IncludesMax} deep");
        }

        return !File.Exists(path) ? []
            : File.ReadLines(path, Encoding.UTF8).Select(Words).Where(words => words.Count > 0).Select(words => (words[0].ToLowerInvariant(), (IReadOnlyList<string>)words[1..]));
    }

    /// <summary>The files that a word of <c>Include</c> means.</summary>
    public static IEnumerable<string> Included(string pattern, string includesFrom, string homeDirectory)
    {
        string path = Path.GetFullPath(pattern.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(homeDirectory, pattern[2..]) : pattern, includesFrom);
        string folder = Path.GetDirectoryName(path)!;
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder).Where(file => FileSystemName.MatchesSimpleExpression(Path.GetFileName(path), Path.GetFileName(file), ignoreCase: false)).Order(StringComparer.Ordinal)
            : [];
    }

    /// <summary>Whether a list of patterns means the name: one does, and none that begins with '!'.</summary>
    public static bool Matches(IEnumerable<string> patterns, string name)
    {
        bool matched = false;
        foreach (string pattern in patterns)
        {
            bool isNegated = pattern.StartsWith('!');
            if (Wildcard.Matches(isNegated ? pattern[1..] : pattern, name))
            {
                if (isNegated)
                {
                    return false;
                }

                matched = true;
            }
        }

        return matched;
    }

    /// <summary>A keyword, then words, which may be quoted; '=' may stand between keyword and value, and a comment at the end.</summary>
    private static List<string> Words(string line)
    {
        List<string> words = [];
        StringBuilder word = new();
        bool isQuoted = false, isWord = false;
        foreach (char c in line)
        {
            if (c == '"')
            {
                isQuoted = !isQuoted;
                isWord = true;
            }
            else if (!isQuoted && c == '#' && !isWord)
            {
                break;
            }
            else if (!isQuoted && (s_blanks.Contains(c) || (c == '=' && words.Count == 0)))
            {
                End();
            }
            else if (!isQuoted && c == '=' && words.Count == 1 && !isWord)
            {
                // Expected: KEYWORD = VALUE
            }
            else
            {
                word.Append(c);
                isWord = true;
            }
        }

        End();
        return words;

        void End()
        {
            if (isWord)
            {
                words.Add(word.ToString());
            }

            word.Clear();
            isWord = false;
        }
    }
}
