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

    /// <param name="wanted">the user's choice; anything but a style is <c>auto</c></param>
    /// <param name="terminalLogger"><c>$(_MSBUILDTLENABLED)</c></param>
    public static ProgressStyle Choose(string wanted, string terminalLogger) =>
        Choose(wanted, terminalLogger, !Console.IsOutputRedirected || Environment.CommandLine.Contains(ServerNode, StringComparison.Ordinal));

    internal static ProgressStyle Choose(string wanted, string terminalLogger, bool isTerminal) =>
        Enum.TryParse(wanted, ignoreCase: true, out ProgressStyle style) && Enum.IsDefined(style) ? style
        : terminalLogger == "1" && isTerminal ? ProgressStyle.Line
        : ProgressStyle.Plain;
}
