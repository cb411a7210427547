using Murder.Swarm;

namespace Murder.PeerHost.Contract;

/// <summary>
/// Something that survives releases: it lies in the folder <c>shared</c> of a root, and each release has a link to it at the same path. Made only by
/// validation, so it can stand in a path.
/// </summary>
public readonly record struct SharedPath
{
    private readonly string? _path;

    private SharedPath(string path, bool isFolder)
    {
        _path = path;
        IsFolder = isFolder;
    }

    /// <summary>Relative, '/'-separated, without a '/' at its end.</summary>
    public string Path => _path ?? throw new InvalidOperationException("a shared path is made by TryParse");

    /// <summary>Written with a '/' at its end: a folder, which is made where there is none.</summary>
    public bool IsFolder { get; }

    /// <summary>False when the text is no such path; then why, as the second half of a sentence that began with it.</summary>
    public static bool TryParse(string text, out SharedPath path, out string refusal)
    {
        bool isFolder = text.EndsWith('/');
        string trimmed = isFolder ? text[..^1] : text;
        refusal = ReleasePath.Refuse(trimmed) ?? "";
        path = refusal.Length == 0 ? new SharedPath(trimmed, isFolder) : default;
        return refusal.Length == 0;
    }

    /// <summary>One lies where the other does, or in it.</summary>
    public bool Meets(string path) => Path == path || IsIn(Path, path) || IsIn(path, Path);

    public override string ToString() => IsFolder ? Path + '/' : Path;

    private static bool IsIn(string path, string folder) => path.Length > folder.Length && path[folder.Length] == '/' && path.StartsWith(folder, StringComparison.Ordinal);
}
