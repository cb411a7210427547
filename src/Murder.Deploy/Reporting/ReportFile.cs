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

    /// <summary>Writes the report by a rename, so that a reader never sees half of it; returns its path.</summary>
    public static string Write(DeploymentReport report, string directory)
    {
        Directory.CreateDirectory(directory);
        string path = Path.Combine(directory, "report.json");
        string temporary = path + $".{Environment.ProcessId}";
        File.WriteAllText(temporary, Serialize(report));
        File.Move(temporary, path, overwrite: true);
        return path;
    }
}
