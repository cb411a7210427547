using System.Text;
using CsCheck;
using Murder.PeerHost.Contract;

namespace Murder.PeerHost.Tests.Contract;

public sealed class LineReaderTests
{
    [Fact]
    public void BytesThatFollowALineAreReadAsTheyAreAndLinesGoOnAfterThem()
    {
        LineReader reader = new(new CutStream([.. "one\n"u8, .. "a\nb"u8, .. "two\n"u8, 7], 5), 100);
        byte[] bytes = new byte[3];

        Assert.Equal("one"u8.ToArray(), reader.ReadLine()!.Value.ToArray());
        Assert.True(reader.TryReadBytes(bytes));
        Assert.Equal("a\nb"u8.ToArray(), bytes);
        Assert.Equal("two"u8.ToArray(), reader.ReadLine()!.Value.ToArray());
        Assert.False(reader.TryReadBytes(bytes));
    }

    [Fact]
    public void LinesComeOutAsTheyWentInHoweverTheStreamIsCut() =>
        Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 0, 40_000].Array[0, 6], Gen.Int[1, 50_000]).Sample((lines, cut) =>
        {
            byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")) + "unfinished");

            Assert.Equal(lines, ReadAll(bytes, cut, lineBytesMax: 40_000));
        }, iter: 200);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void ALineOfTheGreatestLengthPassesAndOneMoreByteDoesNot(int cut)
    {
        byte[] fits = Encoding.UTF8.GetBytes(new string('x', 20_000) + "\n");
        byte[] tooLong = Encoding.UTF8.GetBytes(new string('x', 20_001) + "\n");

        Assert.Single(ReadAll(fits, cut, 20_000));
        Assert.Throws<InvalidDataException>(() => ReadAll(tooLong, cut, 20_000));
    }

    [Fact]
    public void AnEndlessLineIsRefusedNotKept() =>
        Assert.Throws<InvalidDataException>(() => new LineReader(new CutStream(new byte[10_000_000], 65_536), 100_000).ReadLine());

    [Fact]
    public async Task ShortLinesAfterAVeryLongOneAreRead()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(new string('x', 5_000_000) + "\nshort\nshorter\n");
        LineReader reader = new(new CutStream(bytes, 100_000), 8_000_000);

        Assert.Equal(5_000_000, (await reader.ReadLineAsync(CancellationToken.None))!.Value.Length);
        Assert.Equal("short"u8.ToArray(), reader.ReadLine()!.Value.ToArray());
        Assert.Equal("shorter"u8.ToArray(), (await reader.ReadLineAsync(CancellationToken.None))!.Value.ToArray());
        Assert.Null(reader.ReadLine());
    }

    private static List<string> ReadAll(byte[] bytes, int cut, int lineBytesMax)
    {
        List<string> lines = [];
        LineReader reader = new(new CutStream(bytes, cut), lineBytesMax);
        while (reader.ReadLine() is { } line)
        {
            lines.Add(Encoding.UTF8.GetString(line.Span));
        }

        return lines;
    }

    /// <summary>Gives at most so many bytes a read, as pipes do.</summary>
    private sealed class CutStream(byte[] bytes, int cut) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(cut, buffer.Length)]);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(cut, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(Read(buffer.Span));
    }
}
