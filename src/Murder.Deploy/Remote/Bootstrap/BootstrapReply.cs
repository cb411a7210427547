using System.Text;

namespace Murder.Deploy;

/// <summary>What the bootstrap script says; see <c>bootstrap.sh</c>.</summary>
internal enum BootstrapWord
{
    Have,
    Need,
    Miss,
    Put,
    PlatformError,
    FolderError,
    WriteError,
}

/// <param name="Rest">what follows the word: a platform, folders with reasons, a folder</param>
internal sealed record BootstrapReply(BootstrapWord Word, string Rest)
{
    private static readonly (string Text, BootstrapWord Word)[] s_words =
    [
        ("HAVE", BootstrapWord.Have),
        ("NEED", BootstrapWord.Need),
        ("MISS", BootstrapWord.Miss),
        ("PUT", BootstrapWord.Put),
        ("ERR platform", BootstrapWord.PlatformError),
        ("ERR folder", BootstrapWord.FolderError),
        ("ERR write", BootstrapWord.WriteError),
    ];

    /// <summary>Null when the line is not the script's: a greeting of the login shell, the output of a forced command.</summary>
    public static BootstrapReply? TryParse(ReadOnlySpan<byte> line, string mark)
    {
        string text = Encoding.UTF8.GetString(line);
        if (!text.StartsWith(mark + " ", StringComparison.Ordinal))
        {
            return null;
        }

        string said = text[(mark.Length + 1)..];
        foreach ((string start, BootstrapWord word) in s_words)
        {
            if (said.StartsWith(start, StringComparison.Ordinal))
            {
                return new BootstrapReply(word, said[start.Length..].Trim(' ', ';'));
            }
        }

        return null;
    }
}
