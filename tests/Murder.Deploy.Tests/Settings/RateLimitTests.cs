namespace Murder.Deploy.Tests;

public sealed class RateLimitTests
{
    [Theory]
    [InlineData("100000", 100_000)]
    [InlineData("500k", 500_000)]
    [InlineData("12.5M", 12_500_000)]
    [InlineData("12.5m", 12_500_000)]
    [InlineData("1G", 1_000_000_000)]
    [InlineData("100Mbit", 12_500_000)]
    [InlineData("2.5gbit", 312_500_000)]
    [InlineData("800kbit", 100_000)]
    [InlineData("8000000bit", 1_000_000)]
    [InlineData("1000G", 1_000_000_000_000)]
    public void BytesASecondOrBitsASecondInPowersOfTen(string text, long bytesPerSecond)
    {
        Assert.True(RateLimit.TryParse(text, out RateLimit limit));
        Assert.Equal(bytesPerSecond, limit.BytesPerSecond);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1M")]
    [InlineData("fast")]
    [InlineData("M")]
    [InlineData("bit")]
    [InlineData("99999")] // below the least
    [InlineData("799kbit")]
    [InlineData("1001G")] // above the most
    [InlineData("99999999999999999999999G")]
    [InlineData("10MB")] // B would be read as bits by some
    [InlineData("10 M")]
    [InlineData("1e6")]
    [InlineData("1,5M")]
    [InlineData("10MM")]
    [InlineData("٣M")]
    public void NothingElse(string text) => Assert.False(RateLimit.TryParse(text, out _));

    [Fact]
    public void ItIsReadBackAsPeopleSayIt() => Assert.Equal("12.5 MB/s", new RateLimit(12_500_000).ToString());
}
