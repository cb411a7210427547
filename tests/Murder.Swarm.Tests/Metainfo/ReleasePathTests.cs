namespace Murder.Swarm.Tests;

public class ReleasePathTests
{
    [Theory]
    [InlineData("a")]
    [InlineData(".a/..b/...")]
    [InlineData("wwwroot/Ünïcode/写真 (1).jpg")]
    [InlineData("😀")]
    public void Ordinary_paths_are_accepted(string path) => Assert.Null(ReleasePath.Refuse(path));

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("a/./b")]
    [InlineData("a\\b")]
    [InlineData("..\\b")]
    [InlineData("C:")]
    [InlineData("a:stream")]
    [InlineData("a\0")]
    [InlineData("a\nb")]
    [InlineData("a\u007f")]
    [InlineData("a\u0085")]
    [InlineData("a\ud800")]
    [InlineData("a\ufffd")]
    public void Paths_that_mean_something_else_somewhere_are_refused(string path) => Assert.NotNull(ReleasePath.Refuse(path));

    [Fact]
    public void Lengths_and_depth_are_bounded()
    {
        Assert.Null(ReleasePath.Refuse(new string('a', 255)));
        Assert.NotNull(ReleasePath.Refuse(new string('a', 256)));
        Assert.NotNull(ReleasePath.Refuse(new string('ü', 128)));
        Assert.Null(ReleasePath.Refuse(string.Join('/', Enumerable.Repeat("a", ReleasePath.DepthMax))));
        Assert.NotNull(ReleasePath.Refuse(string.Join('/', Enumerable.Repeat("a", ReleasePath.DepthMax + 1))));
        Assert.NotNull(ReleasePath.Refuse(string.Join('/', Enumerable.Repeat(new string('a', 255), 17))));
    }

    [Theory]
    [InlineData("link", "file", "file")]
    [InlineData("a/link", "file", "a/file")]
    [InlineData("a/b/link", "../../c//d/.", "c/d")]
    [InlineData("a/link", "../a/../x", "x")]
    [InlineData("link", "../x", null)]
    [InlineData("a/link", "../../x", null)]
    [InlineData("a/link", "..", null)] // the release itself
    [InlineData("link", ".", null)]
    [InlineData("link", "", null)]
    [InlineData("link", "/x", null)]
    public void A_links_target_is_told_relative_to_the_release(string link, string text, string? target) =>
        Assert.Equal(target, ReleasePath.ResolveLink(link, text));

    [Fact]
    public void A_strangers_path_cannot_write_into_a_log()
    {
        Assert.Equal("a?[31m?b", ReleasePath.Printable("a\u001b[31m\nb"));
        Assert.Equal(201, ReleasePath.Printable(new string('a', 5000)).Length);
    }
}
