namespace Murder.Benchmarks;

/// <summary>What can be said on the command line: <c>--name value</c>, in any order.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _values = [];

    public static Options Parse(ReadOnlySpan<string> arguments)
    {
        Options options = new();
        for (int at = 0; at + 1 < arguments.Length; at += 2)
        {
            options._values[arguments[at]] = arguments[at + 1];
        }

        return options;
    }

    public int Number(string name, int otherwise) => _values.TryGetValue(name, out string? text) ? int.Parse(text) : otherwise;

    public string Text(string name, string otherwise) => _values.GetValueOrDefault(name, otherwise);
}
