namespace Murder.Build.Tasks;

/// <summary>How progress is shown between the milestones (<c>MurderProgress</c>).</summary>
internal enum ProgressStyle
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>As a message now and then: for logs that keep every line.</summary>
    Plain,

    /// <summary>As one line of the terminal that is rewritten in place.</summary>
    Line,
}

internal static class ProgressStyles
{
    /// <summary>The command line of MSBuild's server node, which forwards what is written to the terminal of its client.</summary>
    private const string ServerNode = "/nodemode:8";

    /// <summary>Whether it is a style or, as <c>auto</c> or nothing, leaves the choice to us.</summary>
    public static bool IsKnown(string wanted) => wanted.ToUpperInvariant() is "" or "AUTO" || IsStyle(wanted, out _);

    /// <param name="wanted">the user's choice; anything but a style is <c>auto</c></param>
    /// <param name="terminalLogger"><c>$(_MSBUILDTLENABLED)</c></param>
    public static ProgressStyle Choose(string wanted, string terminalLogger) =>
        Choose(wanted, terminalLogger, !Console.IsOutputRedirected || Environment.CommandLine.Contains(ServerNode, StringComparison.Ordinal));

    internal static ProgressStyle Choose(string wanted, string terminalLogger, bool isTerminal) =>
        IsStyle(wanted, out ProgressStyle style) ? style
        : terminalLogger == "1" && isTerminal ? ProgressStyle.Line
        : ProgressStyle.Plain;

    /// <summary>By name only: the number of a style is nobody's business.</summary>
    private static bool IsStyle(string wanted, out ProgressStyle style) =>
        Enum.TryParse(wanted, ignoreCase: true, out style) && Enum.GetNames<ProgressStyle>().Contains(wanted, StringComparer.OrdinalIgnoreCase);
}
