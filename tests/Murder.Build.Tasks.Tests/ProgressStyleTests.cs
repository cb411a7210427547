namespace Murder.Build.Tasks.Tests;

public sealed class ProgressStyleTests
{
    [Theory]
    [InlineData("auto", "1", true, "Line")]
    [InlineData("", "1", true, "Line")]
    [InlineData("auto", "1", false, "Plain")]
    [InlineData("auto", "0", true, "Plain")]
    [InlineData("auto", "", true, "Plain")]
    [InlineData("plain", "1", true, "Plain")]
    [InlineData("NONE", "1", true, "None")]
    [InlineData("line", "0", false, "Line")]
    [InlineData("7", "1", true, "Line")]
    public void The_terminal_gets_a_live_line_only_while_the_terminal_logger_draws_it(string wanted, string terminalLogger, bool isTerminal, string expected) =>
        Assert.Equal(expected, ProgressStyles.Choose(wanted, terminalLogger, isTerminal).ToString());

    [Theory]
    [InlineData("", true)]
    [InlineData("Auto", true)]
    [InlineData("LINE", true)]
    [InlineData("plain", true)]
    [InlineData("none", true)]
    [InlineData("foo", false)]
    [InlineData("1", false)]
    [InlineData("line,plain", false)]
    public void What_is_no_style_is_not_known(string wanted, bool expected) => Assert.Equal(expected, ProgressStyles.IsKnown(wanted));
}
