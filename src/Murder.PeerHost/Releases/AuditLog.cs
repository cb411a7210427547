using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Murder.PeerHost;

/// <summary>One line of the audit log: what was done to a host, by whom.</summary>
/// <param name="Verb"><c>stage</c>, <c>activate</c>, <c>rollback</c>, <c>break-lock</c> or <c>prune</c></param>
/// <param name="Release">null for a rollback after which nothing is active</param>
/// <param name="Previous">active before; null when there was none, or the verb changes nothing about it</param>
/// <param name="Result">
/// <c>ok</c>, or the failure and what it says. A switch of <c>current</c> is <c>switching</c> before it, and <c>switched</c> after it when steps
/// follow; an entry of the same verb and release with <c>ok</c> or the failure comes last, unless the agent died.
/// </param>
internal sealed record AuditEntry(DateTimeOffset Time, string Verb, string? Release, string? Previous, string DeployedBy, string Result)
{
    /// <summary>Of an activation or rollback that came to its good end: <see cref="StepsDigest"/> of what was done; null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Steps { get; init; }

    public const string Stage = "stage";
    public const string Activate = "activate";
    public const string Rollback = "rollback";
    public const string BreakLock = "break-lock";
    public const string Prune = "prune";
    public const string Switching = "switching";
    public const string Switched = "switched";
    public const string Ok = "ok";
}

/// <summary>JSON lines, only ever appended to.</summary>
internal sealed class AuditLog(string path, FileSteps steps)
{
    /// <summary>Only the end of the log is read: some 4,000 deploys.</summary>
    private const int BytesReadMax = 1024 * 1024;

    /// <summary>People read it too: quotes and letters stand there as they are, and not as their numbers.</summary>
    private static readonly HostJson Readable = new(new JsonSerializerOptions(HostJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public void Append(AuditEntry entry)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(entry, Readable.AuditEntry), (byte)'\n'];
        bool isFirst = !File.Exists(path);
        steps.Append(path, EndsInHalfALine() ? [(byte)'\n', .. line] : line);
        if (isFirst)
        {
            steps.SyncFolder(Path.GetDirectoryName(path)!);
        }
    }

    /// <param name="current">the active release</param>
    public ActivationHistory ReadHistory(string? current)
    {
        ActivationHistory history = new();
        foreach (AuditEntry entry in Read())
        {
            history.Add(entry);
        }

        history.End(current);
        return history;
    }

    /// <summary>Of an agent that died while it wrote, or a disk that was full: the next line must not be glued to it, or both are lost.</summary>
    private bool EndsInHalfALine()
    {
        FileInfo log = new(path);
        if (!log.Exists || log.Length == 0)
        {
            return false;
        }

        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() != '\n';
    }

    private List<AuditEntry> Read()
    {
        List<AuditEntry> entries = [];
        foreach (string line in ReadEnd().Split('\n'))
        {
            try
            {
                if (JsonSerializer.Deserialize(line, HostJson.Default.AuditEntry) is { } entry)
                {
                    entries.Add(entry);
                }
            }
            catch (JsonException)
            {
                // Expected: cut by the bound, by a full disk, or written by another version.
            }
        }

        return entries;
    }

    private string ReadEnd()
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Seek(-Math.Min(file.Length, BytesReadMax), SeekOrigin.End);
            using StreamReader reader = new(file, Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return ""; // nothing was ever done here, or it is not ours to look at
        }
    }
}
