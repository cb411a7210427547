using System.Text.RegularExpressions;

namespace Murder.Build.Tasks;

/// <summary>
/// CI services take orders from a job's log: Azure Pipelines from <c>##vso[</c> anywhere in a line, GitHub Actions from <c>##[</c> anywhere and from
/// <c>::</c> where a line begins, GitLab from <c>section_start</c> with control characters after it. What a host says must not be one.
/// </summary>
internal static partial class LoggingCommands
{
    /// <summary>
    /// The text as people read it, with nothing in it that a CI service takes for an order: a space parts the marks, and stands in place of control
    /// characters. The agents look for the marks as their machine's language compares text, for which invisible characters are not there; so the marks are
    /// parted too where there is something else than visible ASCII between them.
    /// </summary>
    public static string Disarm(string text) => LeadingColons().Replace(Hashes().Replace(Controls().Replace(text, " "), "# "), "$1: ");

    /// <summary>All but tabulators and the ends of lines.</summary>
    [GeneratedRegex(@"\r(?!\n)|[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F]")]
    private static partial Regex Controls();

    [GeneratedRegex(@"#(?=[^!-~ ]*#)")]
    private static partial Regex Hashes();

    /// <summary>After any blanks too, for GitHub takes them away first.</summary>
    [GeneratedRegex(@"(?<=^|\n)([^!-~\n]*):(?=[^!-~ \n]*:)")]
    private static partial Regex LeadingColons();
}
