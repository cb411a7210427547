namespace Murder.Deploy.Tests;

/// <summary>Hosts are written as zones: host 0 of <c>"aab"</c> is in zone a.</summary>
public sealed class WavePlannerTests
{
    [Theory]
    [InlineData("aaaa", "100%", "0123")]
    [InlineData("aaaa", "1;50%;100%", "0 1 23")]
    [InlineData("aaaa", "1;50%", "0 1 23")] // everybody comes in the end
    [InlineData("aa", "1;25%;100%", "0 1")] // a quarter of two is one, which the first wave was
    [InlineData("aaa", "10", "012")]
    [InlineData("aaaabbbb", "50%;100%", "0145 2367")]
    [InlineData("aabbbbbb", "25%;50%;100%", "02 34 1567")]
    [InlineData("", "1;100%", "")]
    public void AWaveTakesFromEveryZoneInProportion(string zones, string sizes, string expected)
    {
        Assert.True(WaveSizes.TryParse(sizes, out IReadOnlyList<HostShare> waves));

        IReadOnlyList<IReadOnlyList<int>> plan = WavePlanner.Plan([.. zones.Select((zone, host) => (host, $"{zone}"))], waves);

        Assert.Equal(expected, string.Join(' ', plan.Select(wave => string.Concat(wave.Order()))));
    }

    [Theory]
    [InlineData("1;25%;100%", 3)]
    [InlineData("1+25%+100%", 3)]
    [InlineData(" 5 , 10 ", 2)]
    public void WavesAreSharesThatGrow(string text, int count)
    {
        Assert.True(WaveSizes.TryParse(text, out IReadOnlyList<HostShare> waves));
        Assert.Equal(count, waves.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData(";")]
    [InlineData("0;100%")]
    [InlineData("50%;25%")]
    [InlineData("2;2")]
    [InlineData("half")]
    [InlineData("101%")]
    [InlineData("100%;200")]
    public void AnythingElseIsRefused(string text) => Assert.False(WaveSizes.TryParse(text, out _));
}
