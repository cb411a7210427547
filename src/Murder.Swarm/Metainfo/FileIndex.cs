using System.Collections;
using System.Text;

namespace Murder.Swarm;

/// <summary>
/// The files of a release where they stand in its metainfo: an entry is decoded when it is asked for, and not kept. A hundred thousand
/// entries with their paths would be a multiple of the text that says the same.
/// </summary>
/// <param name="text">the metainfo, canonical</param>
internal sealed class FileIndex(ReadOnlyMemory<byte> text) : IReadOnlyList<FileEntry>
{
    private readonly List<string> _folders = []; // paths, each with a '/' at its end; the release itself is empty
    private readonly List<(int Position, int Folder)> _places = []; // where the name of each entry stands

    public int Count => _places.Count;

    public FileEntry this[int file] => Decode(file);

    /// <summary>Returns the number of the folder.</summary>
    public int AddFolder(string path)
    {
        _folders.Add(path.Length == 0 ? "" : path + "/");
        return _folders.Count - 1;
    }

    /// <param name="position">of the key that is the file's name</param>
    public void Add(int folder, int position) => _places.Add((position, folder));

    /// <summary>Nothing more will be added.</summary>
    public void Close()
    {
        _places.TrimExcess();
        _folders.TrimExcess();
    }

    /// <summary>Where the root of a file that is not empty stands in the text.</summary>
    public int PiecesRootAt(int file)
    {
        BencodeReader reader = BencodeReader.Resume(text.Span, _places[file].Position);
        reader.TryReadKey(out _);
        reader.TryEnterDictionary();
        reader.TryReadKey(out _);
        reader.TryEnterDictionary();
        while (reader.TryReadKey(out ReadOnlySpan<byte> key) && !key.SequenceEqual("pieces root"u8))
        {
            reader.Skip();
        }

        reader.TryReadString(out ReadOnlySpan<byte> root);
        return reader.Position - root.Length;
    }

    public string PathOf(int file) => ReadPath(file, out _);

    public IEnumerator<FileEntry> GetEnumerator()
    {
        for (int file = 0; file < Count; file++)
        {
            yield return Decode(file);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private FileEntry Decode(int file)
    {
        string path = ReadPath(file, out BencodeReader reader);
        bool isRight = FileTreeReader.TryReadFile(ref reader, path, out FileEntry? entry, out _);
        System.Diagnostics.Debug.Assert(isRight, "the file tree was read before");
        return entry!;
    }

    private string ReadPath(int file, out BencodeReader reader)
    {
        reader = BencodeReader.Resume(text.Span, _places[file].Position);
        reader.TryReadKey(out ReadOnlySpan<byte> name);
        string folder = _folders[_places[file].Folder];
        Span<char> path = stackalloc char[ReleasePath.ComponentBytesMax];
        return string.Concat(folder, path[..Encoding.UTF8.GetChars(name, path)]);
    }
}
