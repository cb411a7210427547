using System.Security.Cryptography;
using System.Text;
using Murder.Testing;

namespace Murder.Deploy.Tests;

public sealed class AgentPackageTests
{
    [Fact]
    public void Every_folder_with_an_agent_is_a_platform()
    {
        using TestDirectory directory = new();
        byte[] raw = Encoding.UTF8.GetBytes(StubAgent.Script());
        PackedAgent.Write(directory.Combine("linux-x64"), raw);
        PackedAgent.Write(directory.Combine("linux-arm64"), raw);
        directory.Write("any/murder-peer.dll", "x"u8);

        IReadOnlyList<AgentPackage> packages = AgentPackage.ReadAll(directory.Path);

        Assert.Equal(["linux-arm64", "linux-x64"], packages.Select(package => package.Rid));
        Assert.Equal(raw.Length, packages[1].RawLength);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(raw)), packages[1].Sha256);
        Assert.StartsWith($"{packages[1].Checksum} {raw.Length} ", Command.Run("cksum", directory.Write("raw", raw)), StringComparison.Ordinal);
        using MemoryStream unpacked = new();
        using (Stream stream = packages[1].OpenRaw())
        {
            stream.CopyTo(unpacked);
        }

        Assert.Equal(raw, unpacked.ToArray());
    }

    [Fact]
    public void A_folder_that_does_not_exist_holds_no_agent() => Assert.Empty(AgentPackage.ReadAll("/absent"));

    [Theory]
    [InlineData("murder-peer.gz", "not gzip at all")]
    [InlineData("murder-peer.gz", "")]
    [InlineData("murder-peer.sums", "")]
    [InlineData("murder-peer.sums", "a\nb\nc d\n")]
    [InlineData("murder-peer.sums", "SUM  -\nb\nc d\n")]
    public void A_damaged_agent_is_not_sent_to_anybody(string file, string instead)
    {
        using TestDirectory directory = new();
        PackedAgent.Write(directory.Combine("linux-x64"), "an agent"u8.ToArray());
        string sum = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(directory.Combine("linux-x64", "murder-peer.gz"))));
        directory.Write($"linux-x64/{file}", Encoding.UTF8.GetBytes(instead.Replace("SUM", sum, StringComparison.Ordinal)));

        Assert.Throws<InvalidDataException>(() => AgentPackage.ReadAll(directory.Path));
    }

    [Theory]
    [InlineData("murder-peer.gz")]
    [InlineData("murder-peer.sums")]
    public void Half_an_agent_is_not_none(string lost)
    {
        using TestDirectory directory = new();
        PackedAgent.Write(directory.Combine("linux-x64"), "an agent"u8.ToArray());
        File.Delete(directory.Combine("linux-x64", lost));

        Assert.Throws<FileNotFoundException>(() => AgentPackage.ReadAll(directory.Path));
    }

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
