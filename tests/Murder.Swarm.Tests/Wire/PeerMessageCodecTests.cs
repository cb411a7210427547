using CsCheck;

namespace Murder.Swarm.Tests;

public class PeerMessageCodecTests
{
    private static readonly Hash256 Root = Hash256.Of("root"u8);
    private static readonly BlockRef Block = new(3, 32768, 16384);
    private static readonly HashRequest Request = new(Root, 0, 512, 256, 7);

    public static TheoryData<string> Frames => new(Examples.Select(example => Hex(example)));

    private static PeerMessage[] Examples =>
    [
        PeerMessage.KeepAlive, PeerMessage.Choke, PeerMessage.Unchoke, PeerMessage.Interested, PeerMessage.NotInterested, PeerMessage.HaveAll,
        PeerMessage.HaveNone, PeerMessage.Have(7), PeerMessage.SuggestPiece(8), PeerMessage.AllowedFast(9), PeerMessage.Bitfield(new byte[] { 0xF0, 1 }),
        PeerMessage.Request(Block), PeerMessage.Cancel(Block), PeerMessage.RejectRequest(Block), PeerMessage.Extended(3, "de"u8.ToArray()),
        PeerMessage.HashRequest(Request), PeerMessage.HashReject(Request), PeerMessage.HashesOf(Request, new[] { Root, default, Root }),
    ];

    [Theory]
    [MemberData(nameof(Frames))]
    public void A_message_reads_back_as_it_was_written(string frame)
    {
        byte[] bytes = Convert.FromHexString(frame);

        Assert.True(PeerMessageCodec.TryRead(bytes.AsSpan(4), out PeerMessage message));

        Assert.Equal(frame, Hex(message));
        Assert.Equal(bytes.Length - 4, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes));
    }

    [Fact]
    public void The_bytes_are_those_of_the_specifications()
    {
        Assert.Equal("00000000", Hex(PeerMessage.KeepAlive));
        Assert.Equal("0000000102", Hex(PeerMessage.Interested));
        Assert.Equal("000000050400000007", Hex(PeerMessage.Have(7)));
        Assert.Equal("0000000d06000000030000800000004000", Hex(PeerMessage.Request(Block)), ignoreCase: true);
        Assert.Equal("0000000d10000000030000800000004000", Hex(PeerMessage.RejectRequest(Block)), ignoreCase: true);
        Assert.Equal("000000010e", Hex(PeerMessage.HaveAll), ignoreCase: true);
        Assert.Equal($"0000003115{Root}00000000000002000000010000000007", Hex(PeerMessage.HashRequest(Request)), ignoreCase: true);
    }

    [Fact]
    public void A_piece_header_reads_back_with_the_length_of_its_block()
    {
        byte[] frame = new byte[13 + Block.Length];
        PeerMessageCodec.WritePieceHeader(Block, frame);

        Assert.True(PeerMessageCodec.TryRead(frame.AsSpan(4), out PeerMessage message));

        Assert.Equal((PeerMessageType.Piece, Block), (message.Type, message.Block));
    }

    [Fact]
    public void A_handshake_reads_back_as_it_was_written()
    {
        PeerId peer = PeerId.Create(new SwarmRandom(1));
        byte[] infoHash = new InfoHash(Root).Truncated();
        for (int bits = 0; bits < 8; bits++)
        {
            byte[] bytes = new byte[Handshake.Size];
            PeerMessageCodec.WriteHandshake(new Handshake(infoHash, peer, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0), bytes);

            Assert.True(PeerMessageCodec.TryReadHandshake(bytes, out Handshake? read));

            Assert.Equal((peer, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0), (read!.Peer, read.SupportsFast, read.SupportsExtensions, read.SupportsV2));
            Assert.Equal(infoHash, read.InfoHash.ToArray());
            Assert.Equal((byte)19, bytes[0]);
        }
    }

    [Theory]
    [InlineData("0400000a")] // have of three bytes
    [InlineData("0001")] // choke with a payload
    [InlineData("04ffffffff")] // beyond what fits
    [InlineData("060000000000000000")] // request without a length
    [InlineData("0700000000")] // piece without an offset
    [InlineData("070000000000000000")] // piece without bytes
    [InlineData("14")] // extended without a number
    [InlineData("15")]
    public void A_malformed_body_is_refused(string body) => Assert.False(PeerMessageCodec.TryRead(Convert.FromHexString(body), out _));

    [Fact]
    public void An_unknown_type_is_as_if_nothing_had_been_said()
    {
        Assert.True(PeerMessageCodec.TryRead([9, 26, 225], out PeerMessage message)); // BEP 5, port

        Assert.Equal(PeerMessageType.KeepAlive, message.Type);
    }

    [Fact]
    public void A_block_beyond_16_KiB_is_refused() => Assert.False(PeerMessageCodec.TryRead([7, .. new byte[8 + PieceLayout.BlockLength + 1]], out _));

    [Fact]
    public void No_bytes_make_it_throw_and_what_is_read_is_no_larger_than_the_bytes() =>
        Gen.Byte.Array[0, 200].Sample(
            body =>
            {
                PeerMessageCodec.TryReadHandshake(body, out _);
                if (PeerMessageCodec.TryRead(body, out PeerMessage message) && message.Type is not (PeerMessageType.Piece or PeerMessageType.KeepAlive))
                {
                    Assert.Equal(Convert.ToHexString(body), Hex(message)[8..]);
                }
            },
            iter: 20_000);

    [Fact]
    public void No_bytes_after_a_known_type_make_it_throw() =>
        Gen.Select(Gen.Int[0, 23], Gen.Byte.Array[0, 120]).Sample(
            (type, rest) =>
            {
                byte[] body = [(byte)type, .. rest];
                if (PeerMessageCodec.TryRead(body, out PeerMessage message) && message.Type is not (PeerMessageType.Piece or PeerMessageType.KeepAlive))
                {
                    Assert.Equal(Convert.ToHexString(body), Hex(message)[8..]);
                }
            },
            iter: 20_000);

    private static string Hex(in PeerMessage message)
    {
        byte[] frame = new byte[PeerMessageCodec.SizeOf(message)];
        Assert.Equal(frame.Length, PeerMessageCodec.Write(message, frame));
        return Convert.ToHexString(frame);
    }
}
