using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>A login that is not root becomes root where it may. Takes root, to make logins and to say what they may.</summary>
public sealed class SudoTests : IDisposable
{
    private const string Allowed = "murder-sudo";
    private const string Refused = "murder-nosudo";
    private const string Rule = $"/etc/sudoers.d/{Allowed}";

    public void Dispose()
    {
        if (Environment.IsPrivilegedProcess)
        {
            File.Delete(Rule);
        }
    }

    [RootTheory]
    [InlineData(nameof(SshEngine.SshNet))]
    [InlineData(nameof(SshEngine.OpenSsh))]
    public async Task Root_owns_what_a_login_with_sudo_brings(string engine)
    {
        File.WriteAllText(Rule, $"{Allowed} ALL=(root) NOPASSWD: ALL\n");
        using SshFixture ssh = new(new LoopbackSshdOptions { User = Allowed });
        ssh.Options = ssh.Options with { Engine = Enum.Parse<SshEngine>(engine), UsesSudo = true };
        ssh.Host = ssh.Host with { User = Allowed };
        Command.Run("chown", "root", ssh.Root);

        await using AgentChannel channel = await ssh.LaunchAsync();

        Assert.Equal("root", Command.Run("stat", "-c", "%U", (await SshFixture.WhereAsync(channel)).File).Trim());
    }

    [RootTheory]
    [InlineData(nameof(SshEngine.SshNet))]
    [InlineData(nameof(SshEngine.OpenSsh))]
    public async Task A_login_that_may_not_is_told_so(string engine)
    {
        using SshFixture ssh = new(new LoopbackSshdOptions { User = Refused });
        ssh.Options = ssh.Options with { Engine = Enum.Parse<SshEngine>(engine), UsesSudo = true };
        ssh.Host = ssh.Host with { User = Refused };

        HostException e = await ssh.FailAsync();

        Assert.Equal(HostFailure.SudoRefused, e.Failure);
        Assert.Contains("sudoers.d", HostProblems.From(ssh.Host, e).Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Sudo_has_no_place_beside_a_command_of_the_users()
    {
        List<Problem> problems = [];

        SettingsValidator.Validate(SshConnectorTests.Settings() with { Sudo = "true", Transport = "kubectl exec -i {host} -- sh" }, RolloutGoal.StagedAndActive, problems);

        Assert.Equal(["MURDER0024"], problems.Select(problem => problem.Code));
    }
}
