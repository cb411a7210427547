namespace Murder.Benchmarks;

/// <summary>What can be said on the command line: <c>--name value</c>, in any order.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _values = [];

    /// <exception cref="FormatException">a name that is not among those that are known, or one without a value</exception>
    public static Options Parse(ReadOnlySpan<string> arguments, params ReadOnlySpan<string> known)
    {
        Options options = new();
        for (int at = 0; at < arguments.Length; at += 2)
        {
            if (!known.Contains(arguments[at]) || at + 1 == arguments.Length)
            {
                throw new FormatException($"'{arguments[at]}' is no option with a value");
            }

            options._values[arguments[at]] = arguments[at + 1];
        }

        return options;
    }

    public int Number(string name, int otherwise) => _values.TryGetValue(name, out string? text) ? int.Parse(text) : otherwise;

    public string Text(string name, string otherwise) => _values.GetValueOrDefault(name, otherwise);
}
