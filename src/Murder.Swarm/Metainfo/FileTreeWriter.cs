namespace Murder.Swarm;

/// <summary>
/// Writes the file tree of an info dictionary (BEP 52, BEP 47). In the order of the tree a folder is a run of paths that begin alike, so the
/// tree is written from the sorted list, without being made.
/// </summary>
internal static class FileTreeWriter
{
    /// <summary>The order of the tree: component by component, each by its bytes of UTF-8.</summary>
    public static Comparison<string> Order { get; } = Compare;

    /// <param name="files">in the order of the tree</param>
    /// <param name="rootOf">the pieces root of a file that is not empty</param>
    /// <exception cref="MetainfoException">a path cannot be part of any release, or is taken</exception>
    public static void Write(BencodeWriter writer, IEnumerable<HashedFile> files, Func<HashedFile, Hash256> rootOf)
    {
        string folder = ""; // the one that is being written, with a '/' at its end
        string last = "";
        writer.BeginDictionary();
        foreach (HashedFile file in files)
        {
            string path = file.Path;
            if (ReleasePath.Refuse(path) is { } refusal)
            {
                throw new MetainfoException($"The path '{ReleasePath.Printable(path)}' {refusal}.");
            }

            if (path.StartsWith(last, StringComparison.Ordinal) && last.Length > 0 && (path.Length == last.Length || path[last.Length] == '/'))
            {
                throw new MetainfoException($"The path '{path}' stands twice, or goes through a file or symlink.");
            }

            last = path;
            for (; !path.StartsWith(folder, StringComparison.Ordinal); folder = folder[..(folder.LastIndexOf('/', folder.Length - 2) + 1)])
            {
                writer.End();
            }

            for (int end; (end = path.IndexOf('/', folder.Length)) >= 0; folder = path[..(end + 1)])
            {
                writer.WriteKey(path.AsSpan(folder.Length, end - folder.Length)).BeginDictionary();
            }

            WriteFile(writer.WriteKey(path.AsSpan(folder.Length)), file, rootOf);
        }

        for (int open = folder.AsSpan().Count('/'); open >= 0; open--)
        {
            writer.End();
        }
    }

    /// <summary>The dictionary under the empty key (BEP 52), with the attributes of BEP 47.</summary>
    private static void WriteFile(BencodeWriter writer, HashedFile file, Func<HashedFile, Hash256> rootOf)
    {
        writer.BeginDictionary().WriteKey(ReadOnlySpan<byte>.Empty).BeginDictionary();
        if (file.SymlinkTarget is { } target)
        {
            // 'x' because that is the mode of every symlink, and what libtorrent therefore writes; nobody reads it.
            writer.WriteKey("attr"u8).WriteString("xl"u8).WriteKey("symlink path"u8).BeginList();
            foreach (string component in target.Split('/'))
            {
                writer.WriteString(component);
            }

            writer.End();
        }
        else
        {
            if (file.IsExecutable)
            {
                writer.WriteKey("attr"u8).WriteString("x"u8);
            }

            writer.WriteKey("length"u8).WriteInteger(file.Length);
            if (file.Length > 0)
            {
                Span<byte> root = stackalloc byte[Hash256.Size];
                rootOf(file).CopyTo(root);
                writer.WriteKey("pieces root"u8).WriteString(root);
            }
        }

        writer.End().End();
    }

    private static int Compare(string left, string right)
    {
        int at = left.AsSpan().CommonPrefixLength(right);
        return at == left.Length || at == right.Length ? left.Length - right.Length : Rank(left[at]) - Rank(right[at]);
    }

    /// <summary>'/' ends a component, so it is before all else; and UTF-8 has what UTF-16 writes as surrogates behind all else.</summary>
    private static int Rank(char character) => character switch
    {
        '/' => -1,
        >= '\uD800' and <= '\uDFFF' => character + 0x10000,
        _ => character,
    };
}
