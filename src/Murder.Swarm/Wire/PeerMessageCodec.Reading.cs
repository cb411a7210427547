using System.Buffers.Binary;

namespace Murder.Swarm;

/// <summary>The half that reads bytes from strangers: every number is checked, and nothing is allocated that the bytes do not carry.</summary>
public static partial class PeerMessageCodec
{
    /// <summary>Body of a hash request: type, pieces root, and four numbers.</summary>
    private const int HashBodySize = 1 + Hash256.Size + 16;

    /// <summary>
    /// Reads the body of one frame (without its length prefix). A piece message gives its <see cref="PeerMessage.Block"/> only; its bytes
    /// start at offset 9 of the body. False when the body breaks the protocol; never throws. An unknown type gives true and a keep-alive.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out PeerMessage message)
    {
        message = PeerMessage.KeepAlive;
        if (body.IsEmpty)
        {
            return true;
        }

        PeerMessageType type = (PeerMessageType)body[0];
        ReadOnlySpan<byte> rest = body[1..];
        switch (type)
        {
            case PeerMessageType.Choke or PeerMessageType.Unchoke or PeerMessageType.Interested or PeerMessageType.NotInterested
                or PeerMessageType.HaveAll or PeerMessageType.HaveNone:
                message = OfType(type);
                return rest.IsEmpty;
            case PeerMessageType.Have or PeerMessageType.SuggestPiece or PeerMessageType.AllowedFast:
                return TryReadPieceIndex(type, rest, out message);
            case PeerMessageType.Bitfield:
                message = PeerMessage.Bitfield(rest.ToArray());
                return true;
            case PeerMessageType.Request or PeerMessageType.Cancel or PeerMessageType.RejectRequest:
                return TryReadBlock(type, rest, out message);
            case PeerMessageType.Piece:
                return TryReadPieceHeader(rest, out message);
            case PeerMessageType.Extended:
                return TryReadExtended(rest, out message);
            case PeerMessageType.HashRequest or PeerMessageType.Hashes or PeerMessageType.HashReject:
                return TryReadHash(type, rest, out message);
            default:
                return true;
        }
    }

    private static PeerMessage OfType(PeerMessageType type) => type switch
    {
        PeerMessageType.Choke => PeerMessage.Choke,
        PeerMessageType.Unchoke => PeerMessage.Unchoke,
        PeerMessageType.Interested => PeerMessage.Interested,
        PeerMessageType.NotInterested => PeerMessage.NotInterested,
        PeerMessageType.HaveAll => PeerMessage.HaveAll,
        _ => PeerMessage.HaveNone,
    };

    private static bool TryReadPieceIndex(PeerMessageType type, ReadOnlySpan<byte> rest, out PeerMessage message)
    {
        message = PeerMessage.KeepAlive;
        if (rest.Length != 4 || !TryReadNumber(rest, out int piece))
        {
            return false;
        }

        message = type switch
        {
            PeerMessageType.Have => PeerMessage.Have(piece),
            PeerMessageType.SuggestPiece => PeerMessage.SuggestPiece(piece),
            _ => PeerMessage.AllowedFast(piece),
        };
        return true;
    }

    private static bool TryReadBlock(PeerMessageType type, ReadOnlySpan<byte> rest, out PeerMessage message)
    {
        message = PeerMessage.KeepAlive;
        if (rest.Length != 12
            || !TryReadNumber(rest, out int piece)
            || !TryReadNumber(rest[4..], out int offset)
            || !TryReadNumber(rest[8..], out int length))
        {
            return false;
        }

        BlockRef block = new(piece, offset, length);
        message = type switch
        {
            PeerMessageType.Request => PeerMessage.Request(block),
            PeerMessageType.Cancel => PeerMessage.Cancel(block),
            _ => PeerMessage.RejectRequest(block),
        };
        return true;
    }

    private static bool TryReadPieceHeader(ReadOnlySpan<byte> rest, out PeerMessage message)
    {
        message = PeerMessage.KeepAlive;
        int length = rest.Length + 1 - PieceBodyHeader;
        if (length is <= 0 or > PieceLayout.BlockLength
            || !TryReadNumber(rest, out int piece)
            || !TryReadNumber(rest[4..], out int offset))
        {
            return false;
        }

        message = PeerMessage.PieceOf(new BlockRef(piece, offset, length));
        return true;
    }

    private static bool TryReadExtended(ReadOnlySpan<byte> rest, out PeerMessage message)
    {
        message = PeerMessage.KeepAlive;
        if (rest.IsEmpty)
        {
            return false;
        }

        message = PeerMessage.Extended(rest[0], rest[1..].ToArray());
        return true;
    }

    private static bool TryReadHash(PeerMessageType type, ReadOnlySpan<byte> rest, out PeerMessage message)
    {
        message = PeerMessage.KeepAlive;
        int hashBytes = rest.Length + 1 - HashBodySize;
        if (hashBytes < 0
            || hashBytes % Hash256.Size != 0
            || (hashBytes > 0 && type != PeerMessageType.Hashes)
            || !TryReadNumber(rest[32..], out int baseLayer)
            || !TryReadNumber(rest[36..], out int index)
            || !TryReadNumber(rest[40..], out int length)
            || !TryReadNumber(rest[44..], out int proofLayers))
        {
            return false;
        }

        HashRequest request = new(new Hash256(rest[..Hash256.Size]), baseLayer, index, length, proofLayers);
        message = type switch
        {
            PeerMessageType.HashRequest => PeerMessage.HashRequest(request),
            PeerMessageType.HashReject => PeerMessage.HashReject(request),
            _ => PeerMessage.HashesOf(request, ReadHashes(rest[48..])),
        };
        return true;
    }

    private static Hash256[] ReadHashes(ReadOnlySpan<byte> bytes)
    {
        Hash256[] hashes = new Hash256[bytes.Length / Hash256.Size];
        for (int at = 0; at < hashes.Length; at++)
        {
            hashes[at] = new Hash256(bytes.Slice(at * Hash256.Size, Hash256.Size));
        }

        return hashes;
    }

    /// <summary>Numbers on the wire are unsigned; ours are not. What does not fit lies outside every torrent that we accept.</summary>
    private static bool TryReadNumber(ReadOnlySpan<byte> bytes, out int number)
    {
        number = BinaryPrimitives.ReadInt32BigEndian(bytes);
        return number >= 0;
    }
}
