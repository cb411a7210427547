using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

public sealed class HostProblemsTests
{
    private static readonly TargetHost s_host = new("web1") { Address = "10.0.0.1", Port = 2222, Root = "/srv/app" };

    public static TheoryData<HostFailure> Failures => [.. Enum.GetValues<HostFailure>()];

    [Theory]
    [MemberData(nameof(Failures))]
    public void Every_failure_has_a_code_names_the_host_and_says_what_to_do(HostFailure failure)
    {
        Problem problem = HostProblems.From(s_host, failure, "it did not work");

        Assert.Matches("^MURDER0[3459][0-9]{2}$", problem.Code);
        Assert.Contains("web1", problem.Text, StringComparison.Ordinal);
        Assert.EndsWith("it did not work.", problem.Text, StringComparison.Ordinal);
        Assert.EndsWith(".", problem.Remedy, StringComparison.Ordinal);
        Assert.False(problem.IsWarning);
    }

    [Fact]
    public void No_two_failures_share_a_code() =>
        Assert.Distinct(Enum.GetValues<HostFailure>().Select(HostProblems.CodeOf));

    [Fact]
    public void A_detail_that_begins_with_the_host_does_not_name_it_twice() =>
        Assert.Equal(
            "MURDER0311: Agent lost on web1: the agent ended with exit code 3. ",
            HostProblems.From(s_host, new HostException(HostFailure.AgentLost, "web1: the agent ended with exit code 3")).ToString()[..66]);

    [Fact]
    public void AStalledSwarmNamesThePortsOfThisMachine()
    {
        string remedy = HostProblems.From(new TargetHost("web1") { Address = "192.0.2.1", Root = "/srv/web" }, HostFailure.SwarmStalled, "no byte", new DeployerPorts(6883, 40123)).Remedy;

        Assert.Contains("6883", remedy, StringComparison.Ordinal);
        Assert.Contains("40123", remedy, StringComparison.Ordinal);
    }

    /// <summary>Neither ssh-keyscan nor a connection of our own gets there.</summary>
    [Theory]
    [InlineData(HostFailure.HostKeyUnknown)]
    [InlineData(HostFailure.HostKeyChanged)]
    public void AKeyThatOnlyALoginShowsIsToBeHadByOne(HostFailure failure)
    {
        SshConfig config = new() { HostName = "10.0.0.1", Port = 2222, User = "ann", ConfigFile = "/etc/ci/ssh_config" };
        SshConfig[] configs = [config with { ProxyJump = "bastion" }, config with { ProxyCommand = "nc %h %p" }, config with { HostKeyAlias = "web" }];

        Assert.All(configs, ssh =>
        {
            string remedy = HostProblems.From(s_host with { Ssh = ssh }, failure, "no").Remedy;

            Assert.Contains("'ssh -o BatchMode=no -o StrictHostKeyChecking=ask -F /etc/ci/ssh_config -p 2222 10.0.0.1'", remedy, StringComparison.Ordinal);
            Assert.DoesNotContain("keyscan", remedy, StringComparison.Ordinal);
        });
        Assert.Contains("keyscan", HostProblems.From(s_host with { Ssh = config }, failure, "no").Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bastion", "the jump host (bastion): ")]
    [InlineData("first,ann@gw-%h:2223", "the jump host (ann@gw-10.0.0.1:2223): ")]
    [InlineData(null, "this machine: ")]
    public void APortIsToBeOpenForWhoConnectsToIt(string? jumps, string expected) => Assert.Contains(
        $"is open for {expected}ssh -v ",
        HostProblems.From(s_host with { Ssh = new SshConfig { HostName = "10.0.0.1", Port = 2222, User = "ann", ProxyJump = jumps } }, HostFailure.Unreachable, "no").Remedy,
        StringComparison.Ordinal);

    /// <summary>As a shell takes them, whatever a name or a path has in it.</summary>
    [Fact]
    public void CommandsCanBePastedAndGoTheWayOfTheDeploy()
    {
        SshConfig config = new() { HostName = "10.0.0.1", Port = 22, User = "x", ConfigFile = "/etc/a & b's/$config", NamedIdentityFile = "/keys/one key", ProxyJump = "first,gw-%n:2223" };
        TargetHost host = new("web1") { Address = "web", User = @"CORP\ann$", Port = 22, Root = "/srv/app", Ssh = config };

        Assert.Equal(
            ["-v", "-F", "/etc/a & b's/$config", "-i", "/keys/one key", "-o", "IdentitiesOnly=yes", "-p", "22", @"CORP\ann$@web"], // 22 too: the configuration may have another
            Arguments(SshByHand.Login(host, "-v")));
        Assert.Equal(["-v", "-F", "/etc/a & b's/$config", "-i", "/keys/one key", "-J", "first", "ssh://gw-web:2223"], Arguments(SshByHand.JumpLogin(host)));
        Assert.Equal(["-G", "-F", "/a b", "web"], Arguments(SshByHand.Query(new TargetHost("web") { Address = "web", Root = "/" }, "/a b")));
    }

    private static string[] Arguments(string command) => Command.Run("sh", "-c", $"ssh() {{ printf '%s\\n' \"$@\"; }}; {command}").TrimEnd('\n').Split('\n');
}
