using System.Text;

namespace Murder.Deploy;

/// <summary>An inventory file as it lies on the disk.</summary>
internal sealed record InventoryText(string Path, string Text);

/// <summary>Finds the inventory and reads it: the only code here that touches the disk.</summary>
internal static class InventoryReader
{
    public const string FileName = "murder.hosts.ini";

    /// <summary>10,000 hosts with a line of 200 bytes each are 2 MB.</summary>
    public const int BytesMax = 16 * 1024 * 1024;

    /// <summary>What '~' stands for.</summary>
    public static string HomeDirectory => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>The file named, or the nearest murder.hosts.ini from the folder upwards; null when there is none or it cannot be read.</summary>
    /// <param name="inventory">a path, taken from the folder if relative; empty to look for it</param>
    public static InventoryText? Read(string inventory, string directory, List<Problem> problems)
    {
        string? path = inventory.Length > 0 ? Path.Combine(directory, inventory) : Find(directory);
        if (path is null)
        {
            return null;
        }

        try
        {
            using FileStream stream = File.OpenRead(path);
            if (stream.Length > BytesMax)
            {
                problems.Add(InventoryProblems.InventoryUnreadable(path, $"it is larger than {BytesMax} bytes"));
                return null;
            }

            using var reader = new StreamReader(stream, Encoding.UTF8);
            return new InventoryText(path, reader.ReadToEnd());
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            problems.Add(InventoryProblems.InventoryUnreadable(path, "there is no such file"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problems.Add(InventoryProblems.InventoryUnreadable(path, Directory.Exists(path) ? "it is a folder" : e.Message.TrimEnd('.')));
        }

        return null;
    }

    private static string? Find(string directory)
    {
        for (DirectoryInfo? folder = new(directory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, FileName);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}
