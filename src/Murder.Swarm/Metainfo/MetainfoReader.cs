using System.Text;
using System.Text.Unicode;

namespace Murder.Swarm;

/// <summary>Reads a <c>.torrent</c> file that may come from anybody.</summary>
public static class MetainfoReader
{
    /// <summary>
    /// False, with one sentence that says what is wrong, when the bytes are not a canonical, safe v2 metainfo; never throws for any bytes.
    /// What a release cannot be is said by <see cref="ReleasePath"/> and <see cref="MetainfoLimits"/>. Keys that no BEP named here
    /// defines are passed over, and count for the info-hash as they stand. The metainfo keeps the bytes: do not change them afterwards.
    /// </summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out Metainfo? metainfo, out string? error)
    {
        metainfo = null;
        if (!BencodeReader.TryCreate(bytes.Span, out BencodeReader reader, out error))
        {
            error = $"The metainfo is not canonical bencoding: {error}.";
            return false;
        }

        error = ReadTopLevel(ref reader, out ReadOnlySpan<byte> info, out ReadOnlySpan<byte> layers)
            ?? ReadInfo(info, out InfoFields fields)
            ?? MakeMetainfo(bytes, info, layers, fields, out metainfo);
        return error is null;
    }

    private static string? ReadTopLevel(ref BencodeReader reader, out ReadOnlySpan<byte> info, out ReadOnlySpan<byte> layers)
    {
        info = layers = default;
        if (!reader.TryEnterDictionary())
        {
            return "The metainfo is not a dictionary.";
        }

        while (reader.TryReadKey(out ReadOnlySpan<byte> key))
        {
            BencodeKind kind = reader.Kind;
            ReadOnlySpan<byte> value = reader.Skip();
            if (key.SequenceEqual("info"u8) && kind == BencodeKind.Dictionary)
            {
                info = value;
            }
            else if (key.SequenceEqual("piece layers"u8) && kind == BencodeKind.Dictionary)
            {
                layers = value;
            }
            else if (key.SequenceEqual("announce"u8) && kind != BencodeKind.String)
            {
                return "The announce URL is not a string.";
            }
        }

        return info.IsEmpty ? "The metainfo has no info dictionary." : layers.IsEmpty ? "The metainfo has no dictionary of piece layers." : null;
    }

    private static string? ReadInfo(ReadOnlySpan<byte> info, out InfoFields fields)
    {
        fields = default;
        _ = BencodeReader.TryCreate(info, out BencodeReader reader, out _); // a part of a canonical text is canonical
        reader.TryEnterDictionary();
        while (reader.TryReadKey(out ReadOnlySpan<byte> key))
        {
            ReadOnlySpan<byte> text = default;
            bool isRight = true;
            if (key.SequenceEqual("meta version"u8))
            {
                isRight = reader.TryReadInteger(out fields.MetaVersion);
            }
            else if (key.SequenceEqual("piece length"u8))
            {
                isRight = reader.TryReadInteger(out fields.PieceLength);
            }
            else if (key.SequenceEqual("private"u8))
            {
                isRight = reader.TryReadInteger(out fields.Private);
            }
            else if (key.SequenceEqual("name"u8))
            {
                isRight = reader.TryReadString(out text) && Utf8.IsValid(text);
                fields.Name = isRight ? Encoding.UTF8.GetString(text) : null;
            }
            else if (key.SequenceEqual("file tree"u8))
            {
                isRight = reader.Kind == BencodeKind.Dictionary;
                fields.FileTree = reader.Skip();
            }
            else
            {
                fields.HasVersion1Part |= key.SequenceEqual("pieces"u8) || key.SequenceEqual("files"u8) || key.SequenceEqual("length"u8);
                reader.Skip();
            }

            if (!isRight)
            {
                return $"The value of '{Encoding.ASCII.GetString(key)}' in the info dictionary is of the wrong kind.";
            }
        }

        return Refuse(fields);
    }

    private static string? Refuse(in InfoFields fields) => fields switch
    {
        // BEP 52: first of all, so that a newer version is named as such.
        { MetaVersion: not 2 } => "The metainfo is not of version 2 (BEP 52).",
        { HasVersion1Part: true } => "The metainfo is a hybrid with a version 1 part, which would have to be compared; only version 2 alone is read.",
        { Name: null } => "The info dictionary has no name.",
        _ when ReleasePath.RefuseComponent(fields.Name) is { } refusal => $"The name '{ReleasePath.Printable(fields.Name)}' {refusal}.",
        { Private: not (0 or 1) } => "The value of 'private' is neither 0 nor 1.",
        _ when !PieceLayout.IsPieceLength(fields.PieceLength) || fields.PieceLength > MetainfoLimits.PieceLengthMax
            => $"The piece length {fields.PieceLength} is not a power of two from 16 KiB to 8 MiB.",
        { FileTree.IsEmpty: true } => "The info dictionary has no file tree.",
        _ => null,
    };

    private static string? MakeMetainfo(ReadOnlyMemory<byte> bytes, ReadOnlySpan<byte> info, ReadOnlySpan<byte> layers, in InfoFields fields, out Metainfo? metainfo)
    {
        metainfo = null;
        ReleaseTree tree = new();
        if (FileTreeReader.Read(fields.FileTree, tree) is { } refusal)
        {
            return refusal;
        }

        int pieceLength = (int)fields.PieceLength;
        if (PieceLayersReader.Read(layers, pieceLength, tree.Entries, out Hash256[][] pieceHashes) is { } layersRefusal)
        {
            return layersRefusal;
        }

        PieceLayout layout = new(pieceLength, [.. tree.Entries.Select(entry => entry.Length)]);
        metainfo = new Metainfo(fields.Name!, layout, tree.Entries, pieceHashes, new InfoHash(Hash256.Of(info)), fields.Private == 1, bytes);
        return null;
    }

    private ref struct InfoFields
    {
        public long MetaVersion;
        public long PieceLength;
        public long Private;
        public string? Name;
        public ReadOnlySpan<byte> FileTree;
        public bool HasVersion1Part;
    }
}
