namespace Murder.Simulation.Tests;

public class ScenarioArgumentsTests
{
    [Fact]
    public void Words_become_a_scenario()
    {
        Scenario scenario = ScenarioArguments.Read(
            "--hosts 1000 --rate 1gbit --limit 80mbit --size 100MB --pieces 400 --seed 7 --dead 2% --corrupt 0.1% --partition 0.5+2 --set RequestsMax=99 --set RequestTimeout=5".Split(' '));

        Assert.Equal(1000, scenario.Hosts);
        Assert.Equal(125_000_000, scenario.RateBytesPerSecond);
        Assert.Equal(10_000_000, scenario.Limit);
        Assert.Equal(256 * 1024, scenario.PieceLength);
        Assert.Equal(382, scenario.PieceCount);
        Assert.Equal(0.02, scenario.DeadShare);
        Assert.Equal(0.001, scenario.CorruptShare, 6);
        Assert.Equal((TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(2)), (scenario.PartitionAt, scenario.PartitionTime));
        Assert.Equal(99, scenario.Session.RequestsMax);
        Assert.Equal(TimeSpan.FromMilliseconds(5), scenario.Session.RequestTimeout);
    }

    [Theory]
    [InlineData("--hosts")]
    [InlineData("--hosts many")]
    [InlineData("--rate 5")]
    [InlineData("--partition 5")]
    [InlineData("--set Nothing=5")]
    [InlineData("--nonsense 5")]
    public void Other_words_are_refused(string words) =>
        Assert.Throws<FormatException>(() => ScenarioArguments.Read(words.Split(' ')));
}
