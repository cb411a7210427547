using System.Text;

namespace Murder.Deploy;

/// <summary>
/// <c>report.html</c>: one file that needs nothing else, with the report in it as data and a script that draws it. So a person and a program read the
/// same, and what a host said can never become part of the page.
/// </summary>
internal static class ReportPage
{
    private const string Place = "/*REPORT*/";

    private const string Reach = "/*REACH*/";

    /// <param name="isLive">the page asks where it came from for what is new</param>
    public static string Render(DeploymentReport report, bool isLive = false)
    {
        using Stream template = typeof(ReportPage).Assembly.GetManifestResourceStream("report.html")!;
        using StreamReader reader = new(template, Encoding.UTF8);

        // The serializer writes '<' as \u003C, so no text can end the script element that it stands in.
        return reader.ReadToEnd()
            .Replace(Reach, isLive ? "'self'" : "'none'", StringComparison.Ordinal)
            .Replace(Place, ReportFile.Serialize(report), StringComparison.Ordinal);
    }
}
