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
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out Metainfo? metainfo, out string? error) =>
        TryRead(bytes, MetainfoLimits.PieceLengthMax, out metainfo, out error);

    internal static bool TryRead(ReadOnlyMemory<byte> bytes, int pieceLengthMax, out Metainfo? metainfo, out string? error)
    {
        metainfo = null;
        if (!BencodeReader.TryCreate(bytes.Span, out BencodeReader reader, out error))
        {
            error = $"The metainfo is not canonical bencoding: {error}.";
            return false;
        }

        error = ReadTopLevel(ref reader, out Range info, out Range layers)
            ?? ReadInfo(BencodeReader.Resume(bytes.Span, info.Start.Value), pieceLengthMax, out InfoFields fields)
            ?? MakeMetainfo(bytes, info, layers, fields, out metainfo);
        return error is null;
    }

    private static string? ReadTopLevel(ref BencodeReader reader, out Range info, out Range layers)
    {
        info = layers = default;
        if (!reader.TryEnterDictionary())
        {
            return "The metainfo is not a dictionary.";
        }

        while (reader.TryReadKey(out ReadOnlySpan<byte> key))
        {
            BencodeKind kind = reader.Kind;
            int start = reader.Position;
            reader.Skip();
            Range value = start..reader.Position;
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

        return info.Equals(default) ? "The metainfo has no info dictionary." : layers.Equals(default) ? "The metainfo has no dictionary of piece layers." : null;
    }

    private static string? ReadInfo(BencodeReader reader, int pieceLengthMax, out InfoFields fields)
    {
        fields = default;
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
                fields.FileTreeAt = reader.Position;
                reader.Skip();
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

        return Refuse(fields, pieceLengthMax);
    }

    private static string? Refuse(in InfoFields fields, int pieceLengthMax) => fields switch
    {
        // BEP 52: first of all, so that a newer version is named as such.
        { MetaVersion: not 2 } => "The metainfo is not of version 2 (BEP 52).",
        { HasVersion1Part: true } => "The metainfo is a hybrid with a version 1 part, which would have to be compared; only version 2 alone is read.",
        { Name: null } => "The info dictionary has no name.",
        _ when ReleasePath.RefuseComponent(fields.Name) is { } refusal => $"The name '{ReleasePath.Printable(fields.Name)}' {refusal}.",
        { Private: not (0 or 1) } => "The value of 'private' is neither 0 nor 1.",
        _ when !PieceLayout.IsPieceLength(fields.PieceLength) || fields.PieceLength > pieceLengthMax
            => $"The piece length {fields.PieceLength} is not a power of two from 16 KiB to 8 MiB.",
        { FileTreeAt: 0 } => "The info dictionary has no file tree.",
        _ => null,
    };

    private static string? MakeMetainfo(ReadOnlyMemory<byte> bytes, Range info, Range layers, in InfoFields fields, out Metainfo? metainfo)
    {
        metainfo = null;
        ReleaseTree tree = new(bytes);
        if (FileTreeReader.Read(BencodeReader.Resume(bytes.Span, fields.FileTreeAt), tree) is { } refusal)
        {
            return refusal;
        }

        int pieceLength = (int)fields.PieceLength;
        if (PieceLayersReader.Read(bytes.Span, layers.Start.Value, pieceLength, tree, out int[] hashesAt) is { } layersRefusal)
        {
            return layersRefusal;
        }

        PieceLayout layout = new(pieceLength, tree.Lengths);
        metainfo = new Metainfo(fields.Name!, layout, tree.Files, hashesAt, new InfoHash(Hash256.Of(bytes.Span[info])), fields.Private == 1, bytes);
        return null;
    }

    private struct InfoFields
    {
        public long MetaVersion;
        public long PieceLength;
        public long Private;
        public string? Name;
        public int FileTreeAt; // 0: there is none
        public bool HasVersion1Part;
    }
}
