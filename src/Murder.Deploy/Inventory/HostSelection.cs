namespace Murder.Deploy;

/// <summary>One word of <c>Hosts</c>.</summary>
/// <param name="IsExclusion">it had a '!' before it: leave out</param>
internal readonly record struct HostTerm(string Name, bool IsExclusion);

/// <summary>Takes <c>Hosts</c> apart. ';' and ',' are there for publish profiles: after -p: MSBuild keeps them for itself.</summary>
internal static class HostSelection
{
    private static readonly char[] Separators = ['+', '|', ' ', '\t', '\r', '\n', ';', ','];

    /// <summary>The words in order.</summary>
    public static IReadOnlyList<HostTerm> Parse(string hosts) =>
    [
        .. hosts.Split(Separators, StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word[0] == '!' ? new HostTerm(word[1..], IsExclusion: true) : new HostTerm(word, IsExclusion: false)),
    ];
}
