using System.Text;
using System.Text.Unicode;

namespace Murder.Swarm;

/// <summary>Reads the file tree of an info dictionary (BEP 52, BEP 47) into a <see cref="ReleaseTree"/>, in the order of the pieces.</summary>
internal static class FileTreeReader
{
    /// <summary>Null, or one sentence of refusal.</summary>
    /// <param name="fileTree">stands before the dictionary</param>
    public static string? Read(BencodeReader fileTree, ReleaseTree tree) => ReadFolder(ref fileTree, "", 0, 1, tree) ?? tree.RefuseWhole();

    /// <summary>Reads the description that follows a file's name; false with one sentence when it is not one.</summary>
    public static bool TryReadFile(ref BencodeReader reader, string path, out FileEntry? entry, out string? refusal)
    {
        FileFields fields = new() { Length = -1 };
        reader.TryEnterDictionary();
        reader.TryReadKey(out _);
        bool isRight = reader.TryEnterDictionary();
        while (isRight && reader.TryReadKey(out ReadOnlySpan<byte> key))
        {
            isRight = ReadField(ref reader, key, ref fields);
        }

        refusal = !isRight || reader.TryReadKey(out _)
            ? $"The description of '{ReleasePath.Printable(path)}' is not one of a file, or stands beside other entries."
            : Refuse(fields, path);
        entry = refusal is not null ? null : new FileEntry(path, fields.IsSymlink ? 0 : fields.Length)
        {
            IsExecutable = fields.IsExecutable && !fields.IsSymlink,
            SymlinkTarget = fields.SymlinkTarget,
            PiecesRoot = fields.PiecesRoot.IsEmpty ? default : new Hash256(fields.PiecesRoot),
        };
        return refusal is null;
    }

    private static string? ReadFolder(ref BencodeReader reader, string folder, int number, int depth, ReleaseTree tree)
    {
        if (depth > ReleasePath.DepthMax)
        {
            return $"The path '{ReleasePath.Printable(folder)}' is deeper than {ReleasePath.DepthMax} folders.";
        }

        reader.TryEnterDictionary();
        for (int position = reader.Position; reader.TryReadKey(out ReadOnlySpan<byte> name); position = reader.Position)
        {
            if (!Utf8.IsValid(name))
            {
                return $"A name in the folder '{ReleasePath.Printable(folder)}' is not valid UTF-8.";
            }

            string component = Encoding.UTF8.GetString(name);
            string path = folder.Length == 0 ? component : $"{folder}/{component}";
            if (ReleasePath.RefuseComponent(component) is { } refusal)
            {
                return $"The path '{ReleasePath.Printable(path)}' {refusal}.";
            }

            if (reader.Kind != BencodeKind.Dictionary)
            {
                return $"The path '{ReleasePath.Printable(path)}' has no dictionary in the file tree.";
            }

            string? inner = IsFile(reader)
                ? (TryReadFile(ref reader, path, out FileEntry? entry, out string? wrong) ? tree.AddEntry(entry!, number, position) : wrong)
                : (tree.AddFolder(path, out int child) ?? ReadFolder(ref reader, path, child, depth + 1, tree));
            if (inner is not null)
            {
                return inner;
            }
        }

        return null;
    }

    /// <summary>A file is a dictionary with an empty key, which sorts before any other.</summary>
    private static bool IsFile(BencodeReader copy) => copy.TryEnterDictionary() && copy.TryReadKey(out ReadOnlySpan<byte> key) && key.IsEmpty;

    private static bool ReadField(ref BencodeReader reader, ReadOnlySpan<byte> key, ref FileFields fields)
    {
        if (key.SequenceEqual("length"u8))
        {
            return reader.TryReadInteger(out fields.Length);
        }

        if (key.SequenceEqual("pieces root"u8))
        {
            return reader.TryReadString(out fields.PiecesRoot) && fields.PiecesRoot.Length == Hash256.Size;
        }

        if (key.SequenceEqual("attr"u8))
        {
            bool isString = reader.TryReadString(out ReadOnlySpan<byte> attributes);
            fields.IsExecutable = attributes.Contains((byte)'x');
            fields.IsSymlink = attributes.Contains((byte)'l');
            fields.IsPadding = attributes.Contains((byte)'p');
            return isString;
        }

        if (key.SequenceEqual("symlink path"u8))
        {
            return TryReadTarget(ref reader, out fields.SymlinkTarget);
        }

        reader.Skip();
        return true;
    }

    private static bool TryReadTarget(ref BencodeReader reader, out string? target)
    {
        List<string> components = [];
        target = null;
        if (!reader.TryEnterList())
        {
            return false;
        }

        while (!reader.TryLeaveList())
        {
            // A component with a '/' in it would be split where the target is checked.
            if (!reader.TryReadString(out ReadOnlySpan<byte> component) || component.Contains((byte)'/') || !Utf8.IsValid(component))
            {
                return false;
            }

            components.Add(Encoding.UTF8.GetString(component));
        }

        target = string.Join('/', components);
        return true;
    }

    private static string? Refuse(in FileFields fields, string path)
    {
        return fields switch
        {
            { IsPadding: true } => $"'{ReleasePath.Printable(path)}' is a padding file, which version 2 has none of.",
            { IsSymlink: true, SymlinkTarget: null } => $"The symlink '{ReleasePath.Printable(path)}' has no target.",
            { IsSymlink: true } when fields.Length > 0 || !fields.PiecesRoot.IsEmpty => $"The symlink '{ReleasePath.Printable(path)}' has content.",
            { IsSymlink: true } => null,
            { SymlinkTarget: not null } => $"'{ReleasePath.Printable(path)}' has a symlink's target but not its attribute.",
            { Length: < 0 or > MetainfoLimits.FileLengthMax } => $"The length of '{ReleasePath.Printable(path)}' is missing, or not from 0 to 8 TiB.",
            _ when fields.Length == 0 != fields.PiecesRoot.IsEmpty => $"'{ReleasePath.Printable(path)}' has content without a pieces root, or a pieces root without content.",
            _ when fields.Length > 0 && !fields.PiecesRoot.ContainsAnyExcept((byte)0) => $"The pieces root of '{ReleasePath.Printable(path)}' is zero.",
            _ => null,
        };
    }

    private ref struct FileFields
    {
        public long Length;
        public ReadOnlySpan<byte> PiecesRoot;
        public string? SymlinkTarget;
        public bool IsExecutable;
        public bool IsSymlink;
        public bool IsPadding;
    }
}
