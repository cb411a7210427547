namespace Murder.Swarm;

/// <summary>The byte form of <see cref="PeerMessage"/> and <see cref="Handshake"/>.</summary>
public static class PeerMessageCodec
{
    /// <summary>Largest frame that is not a piece message: a bitfield or extension handshake of a very large torrent.</summary>
    public const int FrameLengthMax = 2 * 1024 * 1024;

    public static void WriteHandshake(Handshake handshake, Span<byte> destination) => throw new NotImplementedException();

    /// <summary>False when the 68 bytes are not a BitTorrent handshake.</summary>
    public static bool TryReadHandshake(ReadOnlySpan<byte> source, out Handshake? handshake) => throw new NotImplementedException();

    /// <summary>Bytes of the whole frame, length prefix included.</summary>
    public static int SizeOf(in PeerMessage message) => throw new NotImplementedException();

    /// <summary>Writes the whole frame, length prefix included; returns its size.</summary>
    public static int Write(in PeerMessage message, Span<byte> destination) => throw new NotImplementedException();

    /// <summary>The 13 bytes that stand before a block's bytes in a piece message, length prefix included.</summary>
    public static void WritePieceHeader(BlockRef block, Span<byte> destination) => throw new NotImplementedException();

    /// <summary>
    /// Reads the body of one frame (without its length prefix). A piece message gives its <see cref="PeerMessage.Block"/> only; its bytes
    /// start at offset 9 of the body. False when the body breaks the protocol; never throws. An unknown type gives true and a keep-alive.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out PeerMessage message) => throw new NotImplementedException();
}
