using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>Hosts behind two others: each hop knows of the next one only.</summary>
public sealed class HopTests
{
    [Fact]
    public async Task A_host_behind_two_jumps_answers()
    {
        using LoopbackSshd first = LoopbackSshd.Start();
        using LoopbackSshd second = LoopbackSshd.Start();
        using MatrixRow row = Behind(first, second);

        await row.AnswersAsync();

        Assert.All([first, second], jump => Assert.Contains("Accepted publickey", jump.Log, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_jump_whose_key_is_not_known_is_told()
    {
        using LoopbackSshd first = LoopbackSshd.Start();
        using LoopbackSshd second = LoopbackSshd.Start();
        using MatrixRow row = Behind(first, second);
        row.OtherHosts.InsertRange(0, ["Host second", $"  UserKnownHostsFile {row.Directory.Write("empty", ""u8)}"]); // before the other: the first word counts

        Problem problem = await row.FailsAsync();

        Assert.Equal("MURDER0330", problem.Code);
        Assert.Contains("jump host second", problem.Text, StringComparison.Ordinal);
        Assert.Contains("Host key verification failed", problem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_behind_a_jump_that_is_down_is_told()
    {
        using LoopbackSshd first = LoopbackSshd.Start();
        LoopbackSshd second = LoopbackSshd.Start();
        using MatrixRow row = Behind(first, second);
        second.Dispose();

        Problem problem = await row.FailsAsync();

        Assert.Equal("MURDER0330", problem.Code);
        Assert.Contains("jump host second", problem.Text, StringComparison.Ordinal);
    }

    private static MatrixRow Behind(LoopbackSshd first, LoopbackSshd second)
    {
        MatrixRow row = new(nameof(SshEngine.Auto));
        row["ProxyJump"] = "first,second";
        row.OtherHosts.AddRange([.. MatrixRow.Lines("first", first), .. MatrixRow.Lines("second", second)]);
        return row;
    }
}
