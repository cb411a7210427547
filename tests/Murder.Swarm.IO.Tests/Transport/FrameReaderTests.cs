using System.Buffers.Binary;
using CsCheck;

namespace Murder.Swarm.IO.Tests;

public sealed class FrameReaderTests
{
    private const byte Bitfield = (byte)PeerMessageType.Bitfield;

    [Fact]
    public void Frames_come_out_whole_however_the_network_cuts_them() =>
        Gen.Select(Gen.Int[0, 300_000].Array[0, 12], Gen.Int[1, 200_000].Array[1, 50], Gen.Int).Sample((lengths, cuts, seed) =>
        {
            byte[][] bodies = [.. lengths.Select((length, at) => Body(length, seed + at))];
            using MemoryStream wire = new([.. bodies.SelectMany(Frame)]);
            using FrameReader frames = new(new ChoppingStream(wire, cuts));
            List<byte[]> taken = [];
            do
            {
                while (frames.TryTake(out ReadOnlyMemory<byte> body) == FrameResult.Taken)
                {
                    taken.Add(body.ToArray());
                }
            }
            while (frames.FillAsync(default).AsTask().GetAwaiter().GetResult());

            Assert.Equal(bodies.Length, taken.Count);
            Assert.All(bodies, (body, at) => Assert.True(body.AsSpan().SequenceEqual(taken[at])));
        }, iter: 100);

    [Theory]
    [InlineData(PeerMessageCodec.FrameLengthMax + 1, Bitfield)]
    [InlineData(int.MaxValue, Bitfield)]
    [InlineData(-1, Bitfield)]
    [InlineData(9 + PieceLayout.BlockLength + 1, (byte)PeerMessageType.Piece)]
    [InlineData(8, (byte)PeerMessageType.Piece)]
    public async Task A_length_no_frame_may_have_is_refused_before_its_bytes_come(int length, byte type)
    {
        byte[] wire = new byte[5];
        BinaryPrimitives.WriteInt32BigEndian(wire, length);
        wire[4] = type;
        using FrameReader frames = new(new MemoryStream(wire));
        await frames.FillAsync(default);

        Assert.Equal(FrameResult.Malformed, frames.TryTake(out _));
    }

    [Fact]
    public async Task A_promised_length_alone_allocates_nothing()
    {
        byte[] wire = new byte[5];
        BinaryPrimitives.WriteInt32BigEndian(wire, PeerMessageCodec.FrameLengthMax);
        wire[4] = Bitfield;
        using FrameReader frames = new(new MemoryStream(wire));
        await frames.FillAsync(default);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(FrameResult.NeedMore, frames.TryTake(out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    private static byte[] Body(int length, int seed)
    {
        byte[] body = new byte[length];
        for (int at = 0; at < length; at++)
        {
            body[at] = (byte)(at * 31 + seed);
        }

        if (length > 0)
        {
            body[0] = Bitfield;
        }

        return body;
    }

    private static byte[] Frame(byte[] body)
    {
        byte[] frame = new byte[4 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, body.Length);
        body.CopyTo(frame, 4);
        return frame;
    }

    /// <summary>Gives at most the next of the cuts at each read.</summary>
    private sealed class ChoppingStream(Stream inner, int[] cuts) : Stream
    {
        private int _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, Math.Min(count, cuts[_at++ % cuts.Length]));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer[..Math.Min(buffer.Length, cuts[_at++ % cuts.Length])], cancellationToken);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
