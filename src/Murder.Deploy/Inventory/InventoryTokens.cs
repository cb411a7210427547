using System.Text;

namespace Murder.Deploy;

/// <summary>
/// Cuts a host line into words as Ansible does, which is as a POSIX shell does: blanks separate, quotes join, a backslash takes the next
/// character as it is, and '#' outside quotes begins a comment wherever it stands.
/// </summary>
internal static class InventoryTokens
{
    /// <summary>The words; null when a quote is not closed or a backslash ends the line.</summary>
    public static List<string>? TrySplit(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        bool isInWord = false;
        char quote = '\0';
        for (int at = 0; at < line.Length; at++)
        {
            char c = line[at];
            if (c == '\\' && (quote == '\0' || (quote == '"' && at + 1 < line.Length && line[at + 1] is '"' or '\\')))
            {
                if (++at == line.Length)
                {
                    return null;
                }

                word.Append(line[at]);
                isInWord = true;
            }
            else if (quote != '\0')
            {
                quote = c == quote ? '\0' : quote;
                _ = quote == '\0' ? word : word.Append(c);
            }
            else if (c is '\'' or '"')
            {
                quote = c;
                isInWord = true;
            }
            else if (c == '#')
            {
                break;
            }
            else if (char.IsWhiteSpace(c))
            {
                EndWord();
            }
            else
            {
                word.Append(c);
                isInWord = true;
            }
        }

        EndWord();
        return quote == '\0' ? words : null;

        void EndWord()
        {
            if (isInWord)
            {
                words.Add(word.ToString());
                word.Clear();
                isInWord = false;
            }
        }
    }
}
