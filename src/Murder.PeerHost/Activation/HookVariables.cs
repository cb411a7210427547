using System.Text;
using Murder.PeerHost.Contract;

namespace Murder.PeerHost;

/// <summary>
/// Variables that a host has for the commands of its releases: lines <c>NAME=VALUE</c>, the value as it is to the end of the line. No shell reads
/// them: what a shell would make something else of (quotes) is refused rather than understood in one of two ways. Messages never tell a value.
/// </summary>
internal static class HookVariables
{
    private const int BytesMax = 64 * 1024;

    /// <summary>What the agent itself tells the commands.</summary>
    private const string OursPrefix = "MURDER_";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Empty when there is no such file.</summary>
    /// <exception cref="VerbException">it cannot be read, or says something else</exception>
    public static IReadOnlyDictionary<string, string> Read(string path)
    {
        try
        {
            FileInfo file = new(path);
            if (!file.Exists)
            {
                return Directory.Exists(path) ? throw Unusable($"{path} is a folder") : new Dictionary<string, string>();
            }

            return file.Length <= BytesMax ? Parse(Strict.GetString(File.ReadAllBytes(path)), path) : throw Unusable($"{path} has more than {BytesMax} bytes");
        }
        catch (DecoderFallbackException)
        {
            throw Unusable($"{path} is not UTF-8");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable($"{path} cannot be read: {e.Message}");
        }
    }

    /// <inheritdoc cref="Read"/>
    /// <param name="text">of the file</param>
    /// <param name="path">to name it by</param>
    public static IReadOnlyDictionary<string, string> Parse(string text, string path)
    {
        Dictionary<string, string> variables = [];
        int number = 0;
        foreach (string line in text.Split('\n').Select(line => line.TrimEnd('\r')))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line) || line.StartsWith('#'))
            {
                continue;
            }

            int equals = line.IndexOf('=');
            string name = equals < 0 ? "" : line[..equals];
            string value = line[(equals + 1)..];
            string? refusal =
                !IsName(name) ? "is not NAME=VALUE, with letters, digits and '_' in the name"
                : name.StartsWith(OursPrefix, StringComparison.Ordinal) ? $"sets {name}, and names with {OursPrefix} are the deploy's own"
                : value.StartsWith('"') || value.StartsWith('\'') ? $"has quotes around {name}: values stand as they are"
                : value.Any(character => char.IsControl(character) && character != '\t') ? $"has a control character in {name}"
                : !variables.TryAdd(name, value) ? $"sets {name} again"
                : null;
            if (refusal is not null)
            {
                throw Unusable($"line {number} of {path} {refusal}");
            }
        }

        return variables;
    }

    private static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_');

    private static VerbException Unusable(string message) => new(HostFailure.VariablesUnusable, message);
}
