using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Murder.Deploy;

/// <summary>Writes <c>report.json</c> and <c>report.html</c>, and the summary that a CI service shows.</summary>
internal static class ReportFile
{
    private const string DataName = "report.json";
    private const string PageName = "report.html";
    private const string SummaryName = "summary.md";
    private const string TestsName = "hosts.xml";

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
    };

    private static readonly JsonSerializerOptions LineFormat = new(Format) { WriteIndented = false, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The same in one line, without what is null.</summary>
    public static string SerializeLine(DeploymentReport report) => JsonSerializer.Serialize(report, LineFormat);

    public static string Serialize(DeploymentReport report) => JsonSerializer.Serialize(report, Format);

    /// <summary>The page beside it too. Returns the page's path.</summary>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public static string Write(DeploymentReport report, string directory)
    {
        WholeFile.Write(Path.Combine(directory, DataName), Encoding.UTF8.GetBytes(Serialize(report)));
        string page = Path.Combine(directory, PageName);
        WholeFile.Write(page, Encoding.UTF8.GetBytes(ReportPage.Render(report)));
        return page;
    }

    /// <summary>Whatever <see cref="Write"/> and <see cref="Summarize"/> have written there.</summary>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public static void Remove(string directory)
    {
        if (Directory.Exists(directory))
        {
            foreach (string name in (string[])[DataName, PageName, SummaryName, TestsName])
            {
                File.Delete(Path.Combine(directory, name));
            }
        }
    }

    /// <summary>
    /// Where a CI service shows a summary of the job, adds the deploy to it, and for GitLab writes the tests that a pipeline shows if the job names the file.
    /// A path to print for Azure Pipelines; null elsewhere.
    /// </summary>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public static string? Summarize(DeploymentReport report, string directory, Func<string, string?> environment)
    {
        if (environment("GITHUB_STEP_SUMMARY") is { Length: > 0 } summary)
        {
            File.AppendAllText(summary, JobSummary.Render(report));
        }

        if (IsSet(environment("GITLAB_CI")))
        {
            WholeFile.Write(Path.Combine(directory, TestsName), Encoding.UTF8.GetBytes(JUnitReport.Render(report)));
        }

        if (!IsSet(environment("TF_BUILD")))
        {
            return null;
        }

        string path = Path.Combine(directory, SummaryName);
        WholeFile.Write(path, Encoding.UTF8.GetBytes(JobSummary.Render(report)));
        return path;
    }

    private static bool IsSet(string? variable) => string.Equals(variable, "true", StringComparison.OrdinalIgnoreCase);
}
