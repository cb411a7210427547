using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Murder.Deploy;

/// <summary>Writes <c>report.json</c>.</summary>
internal static class ReportFile
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
    };

    public static string Serialize(DeploymentReport report) => JsonSerializer.Serialize(report, Format);

    /// <summary>Returns its path.</summary>
    public static string Write(DeploymentReport report, string directory)
    {
        string path = Path.Combine(directory, "report.json");
        WholeFile.Write(path, Encoding.UTF8.GetBytes(Serialize(report)));
        return path;
    }
}
