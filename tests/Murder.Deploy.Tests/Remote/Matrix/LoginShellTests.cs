using System.Text;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>Hosts as they are set up: whichever shell the login has, whatever it says first, and however little there is beside it.</summary>
public sealed class LoginShellTests
{
    public static TheoryData<string, string> Shells => MatrixRow.WithEngines("bash", "dash", "ash", "mksh", "fish", "tcsh", "zsh");

    public static TheoryData<string, string> Speakers => MatrixRow.WithEngines(".bashrc", ".ssh/rc");

    [RootTheory]
    [MemberData(nameof(Shells))]
    public async Task Every_login_shell_runs_the_agent(string engine, string shell)
    {
        using TestDirectory busybox = new();
        Command.Run("chmod", "755", busybox.Path);
        File.CreateSymbolicLink(busybox.Combine("ash"), "/bin/busybox");
        using LoginAccount account = new(shell == "ash" ? busybox.Combine("ash") : Command.Run("sh", "-c", $"command -v {shell}").Trim());
        using MatrixRow row = new(engine, new LoopbackSshdOptions { User = account.Name });

        Assert.Equal(row.AgentFile, await row.AnswersAsync());
        Assert.Equal(account.Name, Command.Run("stat", "-c", "%U", row.AgentFile).Trim());
    }

    /// <summary>As on routers and in small containers: not one program but that of busybox, also those that the script calls.</summary>
    [RootTheory]
    [InlineData(nameof(SshEngine.SshNet))]
    [InlineData(nameof(SshEngine.OpenSsh))]
    public async Task Where_every_tool_is_busybox_the_agent_runs(string engine)
    {
        using TestDirectory tools = new();
        Command.Run("chmod", "755", tools.Path);
        Command.Run("busybox", "--install", "-s", tools.Path);
        using LoginAccount account = new(tools.Combine("ash"));
        using MatrixRow row = new(engine, new LoopbackSshdOptions { User = account.Name, ConfigLines = [$"SetEnv PATH={tools.Path}"] });

        Assert.Equal(row.AgentFile, await row.AnswersAsync());
    }

    [Theory]
    [InlineData(nameof(SshEngine.SshNet))]
    [InlineData(nameof(SshEngine.OpenSsh))]
    public async Task Where_there_is_hardly_a_tool_the_agent_runs(string engine)
    {
        using TestDirectory tools = new();
        foreach (string tool in (string[])["sh", "bash", "uname", "id", "mkdir", "rm", "chmod", "wc", "head", "mv"])
        {
            File.CreateSymbolicLink(tools.Combine(tool), Command.Run("sh", "-c", $"command -v {tool}").Trim());
        }

        using MatrixRow row = new(engine, new LoopbackSshdOptions { ConfigLines = [$"SetEnv PATH={tools.Path}"] });

        Assert.Equal(row.AgentFile, await row.AnswersAsync());
        Assert.Equal(row.Package.RawLength, new FileInfo(row.AgentFile).Length);
    }

    /// <summary>Much of it, on both streams, and with no end of line after the last word: as what sets the title of a terminal says it.</summary>
    [RootTheory]
    [MemberData(nameof(Speakers))]
    public async Task What_a_login_says_first_is_no_hindrance(string engine, string file)
    {
        using LoginAccount account = new("/bin/bash");
        account.Write(file, Encoding.UTF8.GetBytes("echo welcome to the machine; seq 1000; echo mind the gap >&2; printf '\\033]0;title\\007'\n"));
        string banner = Path.Combine(account.Home, "banner");
        File.WriteAllText(banner, "For members only.\n");
        using MatrixRow row = new(engine, new LoopbackSshdOptions { User = account.Name, ConfigLines = [$"Banner {banner}", "PrintMotd yes"] });

        Assert.Equal(row.AgentFile, await row.AnswersAsync());
    }

    [RootTheory]
    [InlineData(nameof(SshEngine.SshNet))]
    [InlineData(nameof(SshEngine.OpenSsh))]
    public async Task A_login_without_a_shell_is_told_in_its_own_words(string engine)
    {
        using LoginAccount account = new("/usr/sbin/nologin");
        using MatrixRow row = new(engine, new LoopbackSshdOptions { User = account.Name });

        Problem problem = await row.FailsAsync();

        Assert.Equal("MURDER0306", problem.Code);
        Assert.Contains("not available", problem.Text, StringComparison.Ordinal);
        Assert.Contains("shell", problem.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(SshEngine.SshNet))]
    [InlineData(nameof(SshEngine.OpenSsh))]
    public async Task A_login_for_files_only_has_no_shell(string engine)
    {
        using MatrixRow row = new(engine, new LoopbackSshdOptions { ConfigLines = ["ForceCommand internal-sftp"] });

        Problem problem = await row.FailsAsync();

        Assert.Equal("MURDER0306", problem.Code);
        Assert.Contains("ForceCommand", problem.Remedy, StringComparison.Ordinal);
    }
}
