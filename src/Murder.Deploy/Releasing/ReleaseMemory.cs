using System.Text.Json;
using Murder.PeerHost.Contract;
using Murder.Swarm;
using NuGet.Versioning;

namespace Murder.Deploy;

/// <summary>
/// The id that the last run of this project gave to its publish output. The same output has the same id again, so that a run that is repeated
/// touches only the hosts that are not where it wants them. A machine without this memory makes a new id, which costs hosts a copy and a switch.
/// </summary>
internal sealed class ReleaseMemory(string stateDirectory)
{
    private readonly string _path = Path.Combine(stateDirectory, "release.json");

    /// <summary>Null when the last run released something else, or is not known.</summary>
    public ReleaseId? Recall(NuGetVersion version, InfoHash content)
    {
        try
        {
            Memory? last = JsonSerializer.Deserialize<Memory>(File.ReadAllBytes(_path));
            return last?.Version == version.ToFullString() && last.InfoHash == content.ToString() && ReleaseId.TryParse(last.Release, out ReleaseId id) ? id : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null; // expected: the first run, or somebody else's file; all it costs is the id
        }
    }

    /// <summary>As far as it can be written.</summary>
    public void Keep(ReleaseId id, NuGetVersion version, InfoHash content)
    {
        try
        {
            WholeFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(new Memory(id.Value, version.ToFullString(), content.ToString())));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Expected where a build may write nothing but its output: the next run makes a new id.
        }
    }

    /// <param name="InfoHash">64 hexadecimal digits</param>
    private sealed record Memory(string Release, string Version, string InfoHash);
}
