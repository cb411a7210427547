using Microsoft.Build.Framework;

namespace Murder.Build.Tasks;

/// <summary>
/// One build at a time deploys a project of a clone: a second one would empty the publish folder that the first one seeds from. Held from the check of
/// the request to the end of the build, by the system for as long as the process lives.
/// </summary>
internal sealed class ProjectLock : IDisposable
{
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;
    private const int SharingViolationWindows = unchecked((int)0x80070020);

    private readonly FileStream _file;

    private ProjectLock(FileStream file) => _file = file;

    /// <summary>False when another build holds it. Where no lock can be made, none is needed: nothing can be built there either.</summary>
    /// <param name="stateDirectory">the project's own</param>
    public static bool TryHold(IBuildEngine engine, string stateDirectory)
    {
        if (engine is not IBuildEngine4 build)
        {
            return true;
        }

        string path = Path.Combine(stateDirectory, "lock");
        if (build.GetRegisteredTaskObject(path, RegisteredTaskObjectLifetime.Build) is not null)
        {
            return true; // by an earlier task of this build
        }

        try
        {
            Directory.CreateDirectory(stateDirectory);
            ProjectLock held = new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
            build.RegisterTaskObject(path, held, RegisteredTaskObjectLifetime.Build, allowEarlyCollection: false);
            return true;
        }
        catch (IOException e) when (e.HResult is WouldBlockLinux or WouldBlockMac or SharingViolationWindows)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>MSBuild calls it at the end of the build.</summary>
    public void Dispose() => _file.Dispose();
}
