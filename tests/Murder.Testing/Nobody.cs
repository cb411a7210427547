using System.Runtime.InteropServices;

namespace Murder.Testing;

/// <summary>Root may read everything, and tests run as root in containers: a thread gives that up for a while.</summary>
public static class Nobody
{
    private const uint Id = 65534;

    /// <param name="look">must stay on its thread</param>
    public static T Does<T>(Func<T> look)
    {
        uint before = (uint)SetFileSystemUser(Id);
        try
        {
            return look();
        }
        finally
        {
            _ = SetFileSystemUser(before);
        }
    }

    [DllImport("libc", EntryPoint = "setfsuid")]
    private static extern int SetFileSystemUser(uint user);
}
