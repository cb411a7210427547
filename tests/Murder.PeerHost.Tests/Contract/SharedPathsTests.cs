using System.Text;
using Murder.PeerHost.Contract;

namespace Murder.PeerHost.Tests.Contract;

public sealed class SharedPathsTests
{
    [Fact]
    public void ASlashAtTheEndMakesItAFolder()
    {
        SharedPaths paths = Parse("appsettings.Local.json", "logs/", "config/secrets/key.pem", "logs/");

        Assert.Equal(["appsettings.Local.json", "logs", "config/secrets/key.pem"], paths.All.Select(path => path.Path));
        Assert.Equal([false, true, false], paths.All.Select(path => path.IsFolder));
        Assert.Equal("appsettings.Local.json;logs/;config/secrets/key.pem", paths.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("../")]
    [InlineData("../other/current/web")]
    [InlineData("logs/../../../etc")]
    [InlineData("./logs")]
    [InlineData("logs//")]
    [InlineData("logs//today")]
    [InlineData("lo\ngs")]
    [InlineData("logs\\today")]
    public void APathThatCouldLeaveTheReleaseIsRefused(string text)
    {
        List<string> refusals = [];

        Assert.Empty(SharedPaths.Parse([text], refusals).All);
        Assert.StartsWith($"'{text}' ", Assert.Single(refusals), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("logs/", "logs/today.txt")]
    [InlineData("logs/today.txt", "logs/")]
    [InlineData("logs", "logs/")]
    public void NothingIsSharedTwice(string one, string other)
    {
        List<string> refusals = [];

        Assert.Equal([one], SharedPaths.Parse([one, other], refusals).All.Select(path => path.ToString()));
        Assert.Equal([$"'{other}' and '{one}' lie in each other"], refusals);
        Assert.Equal(2, Parse("logs/", "logs2/").All.Count);
    }

    [Fact]
    public void AllThatIsWrongIsSaidAtOnce()
    {
        List<string> refusals = [];

        SharedPaths.Parse(["/a", "b", "../c"], refusals);

        Assert.Equal(2, refusals.Count);
    }

    [Fact]
    public void TheyCrossTheChannelAndAreCheckedAgain()
    {
        ActivateCommand command = new("/srv/app", ReleaseId.Parse("1.0.0")) { Application = "app", Shared = Parse("a.json", "logs/") };

        Assert.Equal(command, AgentJson.ReadCommand(AgentJson.Write(command)));
        foreach (string shared in new[] { "[\"../a\"]", "[1]", "[[]]", "\"a\"", "[\"a\",\"a/\"]" })
        {
            Assert.Null(AgentJson.ReadCommand(Encoding.UTF8.GetBytes($$"""{"type":"activate","root":"/srv/app","release":"1.0.0","shared":{{shared}}}""")));
        }
    }

    [Fact]
    public void ALinkLeadsFromItsFolderToTheRoot()
    {
        Assert.Equal("../../shared/logs", ReleaseLayout.SharedLinkTarget("logs"));
        Assert.Equal("../../../../shared/config/secrets/key.pem", ReleaseLayout.SharedLinkTarget("config/secrets/key.pem"));
    }

    private static SharedPaths Parse(params string[] texts)
    {
        List<string> refusals = [];
        SharedPaths paths = SharedPaths.Parse(texts, refusals);
        Assert.Empty(refusals);
        return paths;
    }
}
