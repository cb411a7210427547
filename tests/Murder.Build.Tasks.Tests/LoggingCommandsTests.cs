using System.Globalization;

namespace Murder.Build.Tasks.Tests;

public sealed class LoggingCommandsTests
{
    [Theory]
    [InlineData("web1 said ##vso[task.setvariable variable=x]y", "web1 said # #vso[task.setvariable variable=x]y")]
    [InlineData("web1 said ##[add-mask]a", "web1 said # #[add-mask]a")]
    [InlineData("####", "# # # #")]
    [InlineData("::error::no", ": :error::no")]
    [InlineData("said\n \t::add-mask::a", "said\n \t: :add-mask::a")]
    [InlineData("said\r\n::add-mask::a\r\n", "said\r\n: :add-mask::a\r\n")]
    [InlineData("said\r::add-mask::a", "said ::add-mask::a")]
    [InlineData("section_start:1:deploy\r\e[0Kdeploy", "section_start:1:deploy  [0Kdeploy")]
    public void An_order_to_a_CI_service_is_only_text(string said, string logged) => Assert.Equal(logged, LoggingCommands.Disarm(said));

    [Theory]
    [InlineData("{app} #1: std::vector, 2001:db8::1 and [x] # y\n\tthe second line: ::1")]
    [InlineData("größer: ÄÖÜ → 東京")]
    public void Other_text_stays_as_it_is(string said) => Assert.Equal(said, LoggingCommands.Disarm(said));

    /// <summary>As the agents look for orders: by the language of their machine, for which invisible characters are not there.</summary>
    [Theory]
    [InlineData("#\u00AD#vso[task.complete]")]
    [InlineData("##\u200Bvso[task.complete]")]
    [InlineData("\u200D##\uFEFFvso\u2060[task.complete]")]
    [InlineData("\u00AD::error::no")]
    [InlineData(":\u200B:error::no")]
    [InlineData("\u2028 ::error::no")]
    public void Invisible_characters_hide_no_order(string said)
    {
        string visible = string.Concat(LoggingCommands.Disarm(said).Where(character => char.GetUnicodeCategory(character) != UnicodeCategory.Format));

        Assert.DoesNotContain("##", visible, StringComparison.Ordinal);
        Assert.False(visible.TrimStart().StartsWith("::", StringComparison.Ordinal));
    }
}
