using System.Security.Cryptography;
using System.Text;
using Murder.Testing;

namespace Murder.Deploy.Tests;

public sealed class AgentPackageTests
{
    [Fact]
    public void Every_folder_with_an_agent_is_a_platform()
    {
        using var directory = new TestDirectory();
        byte[] gzip = StubAgent.Package().Gzip.ToArray();
        directory.Write("linux-x64/murder-peer.gz", gzip);
        directory.Write("linux-arm64/murder-peer.gz", gzip);
        directory.Write("any/murder-peer.dll", "x"u8);

        IReadOnlyList<AgentPackage> packages = AgentPackage.ReadAll(directory.Path);

        Assert.Equal(["linux-arm64", "linux-x64"], packages.Select(package => package.Rid));
        byte[] raw = Encoding.UTF8.GetBytes(StubAgent.Script());
        Assert.Equal(raw.Length, packages[1].RawLength);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(raw)), packages[1].Sha256);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(1234)]
    [InlineData(70_000)]
    public void The_checksum_is_that_of_cksum(int length)
    {
        using TestDirectory directory = new();
        byte[] content = new byte[length];
        new Random(length).NextBytes(content);
        PosixChecksum checksum = new();

        checksum.Append(content.AsSpan(0, length / 3));
        checksum.Append(content.AsSpan(length / 3));

        Assert.StartsWith($"{checksum.Finish()} {length} ", Command.Run("cksum", directory.Write("content", content)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_does_not_exist_holds_no_agent() => Assert.Empty(AgentPackage.ReadAll("/absent"));

    [Fact]
    public void A_damaged_agent_is_not_sent_to_anybody() =>
        Assert.Throws<InvalidDataException>(() => AgentPackage.FromGzip("linux-x64", "not gzip at all"u8.ToArray()));

    [Fact]
    public void A_damaged_package_is_told_before_anything_is_published_or_any_host_is_touched()
    {
        using DeployFixture deploy = new();
        deploy.PackAgent();
        string agent = deploy.Directory.Combine("agents/linux-x64/murder-peer.gz");
        byte[] whole = File.ReadAllBytes(agent);
        whole[^5] ^= 1; // of the checksum
        File.WriteAllBytes(agent, whole);

        DeploymentException refusal = Assert.Throws<DeploymentException>(() => Deployment.Check(deploy.Settings with { Hosts = "root@127.0.0.1:1" }, toHosts: true));

        Problem problem = Assert.Single(refusal.Problems);
        Assert.Equal("MURDER0323", problem.Code);
        Assert.Contains(deploy.Settings.AgentDirectory, problem.Text, StringComparison.Ordinal);
    }
}
