using CsCheck;

namespace Murder.Swarm.Tests;

public class BitfieldTests
{
    [Fact]
    public void Pieces_are_counted_once()
    {
        Bitfield have = new(70);

        Assert.True(have.Add(69));
        Assert.False(have.Add(69));
        Assert.True(have[69]);
        Assert.Equal(1, have.Count);
        Assert.True(have.Remove(69));
        Assert.False(have.Remove(69));
        Assert.Equal(0, have.Count);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(70)]
    public void A_piece_outside_is_a_bug(int piece) => Assert.Throws<ArgumentOutOfRangeException>(() => new Bitfield(70)[piece]);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(65)]
    public void Full_has_every_piece(int length)
    {
        Bitfield full = Bitfield.Full(length);

        Assert.True(full.IsFull);
        Assert.Equal(length, full.Count);
    }

    [Fact]
    public void A_copy_is_independent()
    {
        Bitfield have = new(3);
        Bitfield copy = have.Copy();
        have.Add(1);

        Assert.Equal(0, copy.Count);
    }

    [Fact]
    public void The_high_bit_of_the_first_byte_is_piece_0()
    {
        Bitfield have = new(10);
        have.Add(0);
        have.Add(9);

        Assert.Equal([0x80, 0x40], have.ToWire());
    }

    [Theory]
    [InlineData(new byte[] { 0x80 }, 9)] // too short
    [InlineData(new byte[] { 0x80, 0, 0 }, 9)] // too long
    [InlineData(new byte[] { 0, 0x40 }, 9)] // a spare bit
    [InlineData(new byte[] { 1 }, 0)]
    public void A_malformed_bitfield_is_refused(byte[] wire, int length) => Assert.False(Bitfield.TryFromWire(wire, length, out _));

    [Fact]
    public void What_is_sent_arrives() =>
        Gen.Bool.Array[0, 200].Sample(pieces =>
        {
            Bitfield have = new(pieces.Length);
            for (int piece = 0; piece < pieces.Length; piece++)
            {
                if (pieces[piece])
                {
                    have.Add(piece);
                }
            }

            Assert.True(Bitfield.TryFromWire(have.ToWire(), pieces.Length, out Bitfield read));
            Assert.Equal(pieces, Enumerable.Range(0, pieces.Length).Select(piece => read[piece]));
            Assert.Equal(have.Count, read.Count);
        });
}
