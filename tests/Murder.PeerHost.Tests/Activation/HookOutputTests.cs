using System.Text;

namespace Murder.PeerHost.Tests;

public sealed class HookOutputTests
{
    private readonly HookOutput _output = new();

    [Theory]
    [InlineData("", "")]
    [InlineData("\n\n", "")]
    [InlineData("one\n", "one")]
    [InlineData("one\r\n\n  two\t", "one / two")]
    [InlineData("\u001b[31mred\u001b[0m", "[31mred[0m")]
    public void LinesStandOnOneLine(string said, string told)
    {
        Say(said);

        Assert.Equal(told, _output.LastLines());
    }

    [Fact]
    public void PartsOfALineComeTogether()
    {
        Say("on");
        Say("e\ntw");
        Say("o");

        Assert.Equal("one / two", _output.LastLines());
    }

    [Fact]
    public void TheLastLinesAreTold()
    {
        Say(string.Join('\n', Enumerable.Range(1, 100)));

        Assert.Equal("91 / 92 / 93 / 94 / 95 / 96 / 97 / 98 / 99 / 100", _output.LastLines());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(HookOutput.BytesKeptMax)]
    [InlineData(3 * HookOutput.BytesKeptMax)]
    public void OfALongLineTheEndIsTold(int bytesAtOnce)
    {
        string line = new string('x', 2 * HookOutput.BytesKeptMax) + "the end";
        foreach (char[] part in line.Chunk(bytesAtOnce))
        {
            Say(new string(part));
        }

        Assert.StartsWith("…xxx", _output.LastLines(), StringComparison.Ordinal);
        Assert.EndsWith("xthe end", _output.LastLines(), StringComparison.Ordinal);
        Assert.True(_output.LastLines().Length <= 2001);
    }

    private void Say(string text) => _output.Append(Encoding.UTF8.GetBytes(text));
}
