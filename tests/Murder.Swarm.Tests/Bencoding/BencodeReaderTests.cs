using System.Text;
using CsCheck;

namespace Murder.Swarm.Tests;

public class BencodeReaderTests
{
    [Theory]
    [InlineData("i0e")]
    [InlineData("i-1e")]
    [InlineData("i9223372036854775807e")]
    [InlineData("i-9223372036854775808e")]
    [InlineData("0:")]
    [InlineData("4:spam")]
    [InlineData("le")]
    [InlineData("de")]
    [InlineData("l4:spami42ee")]
    [InlineData("d0:0:1:ale1:bd1:ci1eee")]
    [InlineData("lllleeee")]
    public void Canonical_texts_are_accepted(string text) => Assert.True(BencodeReader.TryCreate(Encoding.Latin1.GetBytes(text), out _, out string? error), error);

    [Theory]
    [InlineData("")]
    [InlineData("e")]
    [InlineData("i")]
    [InlineData("ie")]
    [InlineData("i-e")]
    [InlineData("i-0e")]
    [InlineData("i01e")]
    [InlineData("i-01e")]
    [InlineData("i+1e")]
    [InlineData("i 1e")]
    [InlineData("i1")]
    [InlineData("i9223372036854775808e")]
    [InlineData("i-9223372036854775809e")]
    [InlineData("i99999999999999999999999999e")]
    [InlineData("1:")]
    [InlineData("01:a")]
    [InlineData("00:")]
    [InlineData("-1:a")]
    [InlineData("4spam")]
    [InlineData("5:spam")]
    [InlineData("2147483648:a")]
    [InlineData("18446744073709551615:a")]
    [InlineData("18446744073709551617:a")]
    [InlineData("l")]
    [InlineData("d")]
    [InlineData("li1e")]
    [InlineData("d1:ae")]
    [InlineData("d1:a")]
    [InlineData("di1ei2ee")]
    [InlineData("dlei1ee")]
    [InlineData("d1:bi1e1:ai2ee")] // unsorted
    [InlineData("d1:ai1e1:ai2ee")] // twice
    [InlineData("d2:aai1e1:ai2ee")] // a prefix sorts first
    [InlineData("d1:ad1:bi1e1:ai1eee")] // unsorted further in
    [InlineData("d1:bd1:ai1ee1:ai1ee")] // what is inside does not reset the order outside
    [InlineData("i1ei2e")] // trailing
    [InlineData("4:spame")]
    [InlineData("x")]
    public void Anything_else_is_refused(string text)
    {
        Assert.False(BencodeReader.TryCreate(Encoding.Latin1.GetBytes(text), out _, out string? error));
        Assert.StartsWith("byte ", error);
    }

    [Theory]
    [InlineData(BencodeValidator.DepthMax, true)]
    [InlineData(BencodeValidator.DepthMax + 1, false)]
    [InlineData(1_000_000, false)]
    public void Depth_is_bounded(int depth, bool isAccepted)
    {
        byte[] text = Encoding.Latin1.GetBytes(new string('l', depth) + new string('e', depth));

        Assert.Equal(isAccepted, BencodeReader.TryCreate(text, out _, out _));
    }

    [Fact]
    public void A_dictionary_reads_as_keys_and_values()
    {
        Assert.True(BencodeReader.TryCreate("d1:ai-7e1:bl1:xe1:cd1:yi1ee1:d2:hie"u8, out BencodeReader reader, out _));
        Assert.True(reader.TryEnterDictionary());

        Assert.True(reader.TryReadKey(out ReadOnlySpan<byte> key) && key.SequenceEqual("a"u8));
        Assert.False(reader.TryReadString(out _)); // has not moved
        Assert.True(reader.TryReadInteger(out long integer));
        Assert.Equal(-7, integer);

        Assert.True(reader.TryReadKey(out key) && key.SequenceEqual("b"u8));
        Assert.True(reader.TryEnterList());
        Assert.False(reader.TryLeaveList());
        Assert.True(reader.TryReadString(out ReadOnlySpan<byte> text) && text.SequenceEqual("x"u8));
        Assert.True(reader.TryLeaveList());

        Assert.True(reader.TryReadKey(out key) && key.SequenceEqual("c"u8));
        Assert.True(reader.Skip().SequenceEqual("d1:yi1ee"u8));

        Assert.True(reader.TryReadKey(out key) && key.SequenceEqual("d"u8));
        Assert.True(reader.TryReadString(out text) && text.SequenceEqual("hi"u8));
        Assert.False(reader.TryReadKey(out _));
        Assert.Equal(BencodeKind.End, reader.Kind);
        Assert.True(reader.Skip().IsEmpty);
    }

    [Fact]
    public void What_is_accepted_is_written_back_byte_for_byte() =>
        Gen.OneOf(BencodeGen.Text, BencodeGen.Mutated(BencodeGen.Text)).Sample(text =>
        {
            if (BencodeReader.TryCreate(text, out BencodeReader reader, out _))
            {
                BencodeWriter writer = new();
                BencodeGen.Copy(ref reader, writer);
                Assert.Equal(text, writer.ToArray());
            }
        });

    [Fact]
    public void What_the_writer_makes_is_accepted() => BencodeGen.Text.Sample(text => BencodeReader.TryCreate(text, out _, out _));

    [Fact]
    public void Refusing_costs_no_memory_worth_naming()
    {
        byte[] text = Encoding.Latin1.GetBytes("d4:info2000000000:");
        BencodeReader.TryCreate(text, out _, out _);

        long before = GC.GetAllocatedBytesForCurrentThread();
        BencodeReader.TryCreate(text, out _, out _);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);
    }
}
