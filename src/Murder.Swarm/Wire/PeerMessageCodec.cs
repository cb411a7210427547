using System.Buffers.Binary;

namespace Murder.Swarm;

/// <summary>The byte form of <see cref="PeerMessage"/> and <see cref="Handshake"/>.</summary>
public static partial class PeerMessageCodec
{
    /// <summary>Largest frame that is not a piece message: a bitfield or extension handshake of a very large torrent.</summary>
    public const int FrameLengthMax = 2 * 1024 * 1024;

    /// <summary>Bytes before a block's bytes in the body of a piece message: type, piece, offset.</summary>
    private const int PieceBodyHeader = 9;

    private const int LengthPrefix = 4;
    private const int ReservedAt = 20;
    private const int InfoHashAt = 28;
    private const int PeerIdAt = 48;

    private static ReadOnlySpan<byte> Protocol => "\u0013BitTorrent protocol"u8;

    public static void WriteHandshake(Handshake handshake, Span<byte> destination)
    {
        Span<byte> bytes = destination[..Handshake.Size];
        bytes.Clear();
        Protocol.CopyTo(bytes);
        bytes[ReservedAt + 5] = (byte)(handshake.SupportsExtensions ? 0x10 : 0);
        bytes[ReservedAt + 7] = (byte)((handshake.SupportsFast ? 0x04 : 0) | (handshake.SupportsV2 ? 0x10 : 0));
        handshake.InfoHash.Span[..InfoHash.TruncatedSize].CopyTo(bytes[InfoHashAt..]);
        handshake.Peer.CopyTo(bytes[PeerIdAt..]);
    }

    /// <summary>False when the 68 bytes are not a BitTorrent handshake.</summary>
    public static bool TryReadHandshake(ReadOnlySpan<byte> source, out Handshake? handshake)
    {
        handshake = null;
        if (source.Length < Handshake.Size || !source.StartsWith(Protocol))
        {
            return false;
        }

        handshake = new Handshake(
            source.Slice(InfoHashAt, InfoHash.TruncatedSize).ToArray(),
            new PeerId(source.Slice(PeerIdAt, PeerId.Size)),
            SupportsFast: (source[ReservedAt + 7] & 0x04) != 0,
            SupportsExtensions: (source[ReservedAt + 5] & 0x10) != 0,
            SupportsV2: (source[ReservedAt + 7] & 0x10) != 0);
        return true;
    }

    /// <summary>The 13 bytes that stand before a block's bytes in a piece message, length prefix included.</summary>
    public static void WritePieceHeader(BlockRef block, Span<byte> destination)
    {
        BinaryPrimitives.WriteInt32BigEndian(destination, PieceBodyHeader + block.Length);
        destination[4] = (byte)PeerMessageType.Piece;
        BinaryPrimitives.WriteInt32BigEndian(destination[5..], block.Piece);
        BinaryPrimitives.WriteInt32BigEndian(destination[9..], block.Offset);
    }

    /// <summary>Bytes of the whole frame, length prefix included.</summary>
    public static int SizeOf(in PeerMessage message) => LengthPrefix + message.Type switch
    {
        PeerMessageType.KeepAlive => 0,
        PeerMessageType.Have or PeerMessageType.SuggestPiece or PeerMessageType.AllowedFast => 5,
        PeerMessageType.Bitfield => 1 + message.Payload.Length,
        PeerMessageType.Request or PeerMessageType.Cancel or PeerMessageType.RejectRequest => 13,
        PeerMessageType.Extended => 2 + message.Payload.Length,
        PeerMessageType.HashRequest or PeerMessageType.HashReject => HashBodySize,
        PeerMessageType.Hashes => HashBodySize + (message.Hashes.Length * Hash256.Size),
        _ => 1,
    };

    /// <summary>Writes the whole frame, length prefix included; returns its size.</summary>
    public static int Write(in PeerMessage message, Span<byte> destination)
    {
        int size = SizeOf(message);
        BinaryPrimitives.WriteInt32BigEndian(destination, size - LengthPrefix);
        if (message.Type == PeerMessageType.KeepAlive)
        {
            return size;
        }

        Span<byte> body = destination[LengthPrefix..size];
        body[0] = (byte)message.Type;
        Span<byte> rest = body[1..];
        switch (message.Type)
        {
            case PeerMessageType.Have or PeerMessageType.SuggestPiece or PeerMessageType.AllowedFast:
                BinaryPrimitives.WriteInt32BigEndian(rest, message.Piece);
                break;
            case PeerMessageType.Bitfield:
                message.Payload.Span.CopyTo(rest);
                break;
            case PeerMessageType.Request or PeerMessageType.Cancel or PeerMessageType.RejectRequest:
                BinaryPrimitives.WriteInt32BigEndian(rest, message.Block.Piece);
                BinaryPrimitives.WriteInt32BigEndian(rest[4..], message.Block.Offset);
                BinaryPrimitives.WriteInt32BigEndian(rest[8..], message.Block.Length);
                break;
            case PeerMessageType.Extended:
                rest[0] = message.ExtendedId;
                message.Payload.Span.CopyTo(rest[1..]);
                break;
            case PeerMessageType.HashRequest or PeerMessageType.HashReject or PeerMessageType.Hashes:
                WriteHashBody(message, rest);
                break;
            case PeerMessageType.Piece:
                throw new ArgumentException("a piece message is written as WritePieceHeader and the block's bytes", nameof(message));
        }

        return size;
    }

    private static void WriteHashBody(in PeerMessage message, Span<byte> rest)
    {
        message.Hash.PiecesRoot.CopyTo(rest);
        Span<byte> numbers = rest[Hash256.Size..];
        BinaryPrimitives.WriteInt32BigEndian(numbers, message.Hash.BaseLayer);
        BinaryPrimitives.WriteInt32BigEndian(numbers[4..], message.Hash.Index);
        BinaryPrimitives.WriteInt32BigEndian(numbers[8..], message.Hash.Length);
        BinaryPrimitives.WriteInt32BigEndian(numbers[12..], message.Hash.ProofLayers);
        Span<byte> hashes = numbers[16..];
        foreach (Hash256 hash in message.Hashes.Span)
        {
            hash.CopyTo(hashes);
            hashes = hashes[Hash256.Size..];
        }
    }
}
