using System.Text.Json;
using Murder.PeerHost.Contract;
using Murder.Swarm;
using NuGet.Versioning;

namespace Murder.Deploy;

/// <summary>
/// The ids that the last runs of this project gave to their publish output. The same output has the same id again, so that a run that is repeated
/// touches only the hosts that are not where it wants them, also when something else was released in between. A machine without this memory makes a new id, which costs hosts a copy and a switch.
/// </summary>
internal sealed class ReleaseMemory(string stateDirectory)
{
    /// <summary>More than hosts keep.</summary>
    private const int KeptMax = 20;

    private readonly string _path = Path.Combine(stateDirectory, "release.json");

    /// <summary>Null when no run that is known released this.</summary>
    public ReleaseId? Recall(NuGetVersion version, InfoHash content)
    {
        Memory? known = Read().Find(memory => memory.Version == version.ToFullString() && memory.InfoHash == content.ToString());
        return ReleaseId.TryParse(known?.Release, out ReleaseId id) ? id : null;
    }

    /// <summary>As far as it can be written.</summary>
    public void Keep(ReleaseId id, NuGetVersion version, InfoHash content)
    {
        Memory newest = new(id.Value, version.ToFullString(), content.ToString());
        Memory[] kept = [newest, .. Read().Where(memory => memory.Version != newest.Version || memory.InfoHash != newest.InfoHash).Take(KeptMax - 1)];
        try
        {
            WholeFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(kept));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Expected where a build may write nothing but its output: the next run makes a new id.
        }
    }

    /// <summary>Newest first.</summary>
    private List<Memory> Read()
    {
        try
        {
            return JsonSerializer.Deserialize<List<Memory>>(File.ReadAllBytes(_path)) ?? [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return []; // expected: the first run, or somebody else's file; all it costs is the id
        }
    }

    /// <param name="InfoHash">64 hexadecimal digits</param>
    private sealed record Memory(string Release, string Version, string InfoHash);
}
