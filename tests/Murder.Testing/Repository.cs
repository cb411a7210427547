namespace Murder.Testing;

/// <summary>The clone the tests were built from.</summary>
public static class Repository
{
    private const string Mark = "Murder.Build.sln";

    public static string Root { get; } = Find();

    public static string Combine(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, Mark)))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"no {Mark} above {AppContext.BaseDirectory}");
    }
}
