using Murder.Swarm;

namespace Murder.Fuzzing;

/// <summary>Whatever the codec accepts of a frame's body can be written again, and reads the same.</summary>
internal sealed class WireTarget : IFuzzTarget
{
    private static readonly HashRequest s_hashes = new(Hash256.Of([1]), 0, 8, 4, 1);

    public string Name => "wire";

    public IReadOnlyList<byte[]> Corpus { get; } =
    [
        BodyOf(PeerMessage.Unchoke),
        BodyOf(PeerMessage.Have(7)),
        BodyOf(PeerMessage.Bitfield(new byte[] { 0xf0, 0x80 })),
        BodyOf(PeerMessage.Request(new BlockRef(3, 16384, 16384))),
        BodyOf(PeerMessage.RejectRequest(new BlockRef(3, 0, 100))),
        BodyOf(PeerMessage.Extended(0, "d1:mde1:pi6881e4:reqqi500ee"u8.ToArray())),
        BodyOf(PeerMessage.HashRequest(s_hashes)),
        BodyOf(PeerMessage.HashesOf(s_hashes, new Hash256[5])),
        [7, 0, 0, 0, 1, 0, 0, 0, 0, .. new byte[64]],
    ];

    public IReadOnlyList<byte[]> Tokens { get; } = [.. Enumerable.Range(0, 24).Select(type => new[] { (byte)type }), [0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff], [0, 0, 0x40, 0]];

    public long AllocationMax(int inputLength) => 4096 + (8L * inputLength);

    public void Run(byte[] input)
    {
        _ = PeerMessageCodec.TryReadHandshake(input, out _);
        if (!PeerMessageCodec.TryRead(input, out PeerMessage message) || message.Type is PeerMessageType.Piece or PeerMessageType.KeepAlive)
        {
            return; // a piece message's bytes are the driver's; an unknown type reads as a keep-alive
        }

        if (!PeerMessageCodec.TryRead(BodyOf(message), out PeerMessage again) || again.Type != message.Type || again.Block != message.Block || again.Hash != message.Hash)
        {
            throw new FuzzFindException("a message that was read cannot be written and read again");
        }
    }

    private static byte[] BodyOf(PeerMessage message)
    {
        byte[] frame = new byte[PeerMessageCodec.SizeOf(message)];
        return frame[sizeof(int)..PeerMessageCodec.Write(message, frame)];
    }
}
