using System.Text;

namespace Murder.Swarm;

/// <summary>A file on its way into the metainfo, with the root that names its content.</summary>
internal sealed record FileLeaf(HashedFile File, Hash256 PiecesRoot)
{
    /// <summary>The dictionary under the empty key (BEP 52), with the attributes of BEP 47.</summary>
    public void Write(BencodeWriter writer)
    {
        writer.BeginDictionary().WriteKey([]).BeginDictionary();
        if (File.SymlinkTarget is { } target)
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
            if (File.IsExecutable)
            {
                writer.WriteKey("attr"u8).WriteString("x"u8);
            }

            writer.WriteKey("length"u8).WriteInteger(File.Length);
            if (File.Length > 0)
            {
                writer.WriteKey("pieces root"u8).WriteString(PiecesRoot.ToArray());
            }
        }

        writer.End().End();
    }
}

/// <summary>A folder of the file tree while it is being made: names in the order of their bytes, as bencoding wants them.</summary>
internal sealed class FolderNode
{
    private readonly SortedDictionary<byte[], object> _children = new(ByteOrder.Instance); // FolderNode or FileLeaf

    /// <exception cref="MetainfoException">the path cannot be part of any release, or is taken</exception>
    public void Add(FileLeaf leaf)
    {
        string path = leaf.File.Path;
        if (ReleasePath.Refuse(path) is { } refusal)
        {
            throw new MetainfoException($"The path '{ReleasePath.Printable(path)}' {refusal}.");
        }

        FolderNode folder = this;
        string[] components = path.Split('/');
        foreach (string component in components[..^1])
        {
            byte[] name = Encoding.UTF8.GetBytes(component);
            folder._children.TryAdd(name, new FolderNode());
            folder = folder._children[name] as FolderNode ?? throw Taken(path);
        }

        if (!folder._children.TryAdd(Encoding.UTF8.GetBytes(components[^1]), leaf))
        {
            throw Taken(path);
        }
    }

    public void Write(BencodeWriter writer)
    {
        writer.BeginDictionary();
        foreach ((byte[] name, object child) in _children)
        {
            writer.WriteKey(name);
            if (child is FolderNode folder)
            {
                folder.Write(writer);
            }
            else
            {
                ((FileLeaf)child).Write(writer);
            }
        }

        writer.End();
    }

    private static MetainfoException Taken(string path) => new($"The path '{path}' stands twice, or goes through a file or symlink.");
}

/// <summary>The order of bencoded keys: byte by byte.</summary>
internal sealed class ByteOrder : IComparer<byte[]>
{
    public static ByteOrder Instance { get; } = new();

    public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
}
