namespace Murder.Testing;

/// <summary>A folder that looks like a publish output: small and large files, executables, empty files, folders, symlinks.</summary>
public static class SamplePublishOutput
{
    /// <param name="largeFileBytes">size of the one file that is much larger than the others</param>
    public static string Make(TestDirectory directory, int seed = 1, int largeFileBytes = 3_000_000, string name = "publish")
    {
        Random random = new(seed);
        string Write(string path, int length)
        {
            byte[] content = new byte[length];
            random.NextBytes(content);
            return directory.Write(Path.Combine(name, path), content);
        }

        MakeExecutable(Write("web", 70_000));
        Write("web.dll", 200_000);
        Write("web.runtimeconfig.json", 400);
        Write("appsettings.json", 1);
        Write("empty.txt", 0);
        Write("wwwroot/css/site.css", 16 * 1024);
        Write("wwwroot/js/site.js", (16 * 1024) + 1);
        Write("wwwroot/Grüße und Küsse.html", 5_000);
        Write("runtimes/linux-x64/native/libbig.so.1", largeFileBytes);
        MakeExecutable(Write("tools/migrate", 30_000));
        string publish = directory.Combine(name);
        File.CreateSymbolicLink(Path.Combine(publish, "runtimes/linux-x64/native/libbig.so"), "libbig.so.1");
        File.CreateSymbolicLink(Path.Combine(publish, "wwwroot/migrate"), "../tools/migrate");
        File.CreateSymbolicLink(Path.Combine(publish, "assets"), "wwwroot");
        return publish;
    }

    private static void MakeExecutable(string path) =>
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
}
