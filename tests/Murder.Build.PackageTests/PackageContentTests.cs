using System.Buffers.Binary;
using System.Xml.Linq;
using Murder.Testing;

namespace Murder.Build.PackageTests;

[Collection(PackageFixture.Name)]
public sealed class PackageContentTests(PackageFixture package)
{
    /// <summary>The whole list: a dependency that is missing breaks the task in the service's build, one too many is shipped to everybody.</summary>
    [Fact]
    public void The_package_holds_the_tasks_with_what_they_need_the_targets_and_the_agents_and_nothing_of_MSBuild() =>
        Assert.Equal(
            """
            Murder.Build.nuspec
            README.md
            THIRD-PARTY-NOTICES
            build/Murder.Build.Request.props
            build/Murder.Build.props
            build/Murder.Build.targets
            buildMultiTargeting/Murder.Build.targets
            tasks/net10.0/BouncyCastle.Cryptography.dll
            tasks/net10.0/Microsoft.Extensions.DependencyInjection.Abstractions.dll
            tasks/net10.0/Microsoft.Extensions.Logging.Abstractions.dll
            tasks/net10.0/Murder.Build.Tasks.deps.json
            tasks/net10.0/Murder.Build.Tasks.dll
            tasks/net10.0/Murder.Build.Tasks.xml
            tasks/net10.0/Murder.Deploy.dll
            tasks/net10.0/Murder.PeerHost.Contract.dll
            tasks/net10.0/Murder.Swarm.IO.dll
            tasks/net10.0/Murder.Swarm.dll
            tasks/net10.0/NuGet.Versioning.dll
            tasks/net10.0/Renci.SshNet.dll
            tasks/net10.0/YamlDotNet.dll
            tools/agent/any/Murder.PeerHost.Contract.dll
            tools/agent/any/Murder.Swarm.IO.dll
            tools/agent/any/Murder.Swarm.dll
            tools/agent/any/murder-peer.deps.json
            tools/agent/any/murder-peer.dll
            tools/agent/any/murder-peer.runtimeconfig.json
            tools/agent/linux-arm64/murder-peer.gz
            tools/agent/linux-arm64/murder-peer.sums
            tools/agent/linux-x64/murder-peer.gz
            tools/agent/linux-x64/murder-peer.sums
            """,
            string.Join(Environment.NewLine, package.ReadFileList()));

    /// <summary>A host need not have a libc, let alone ours: the file names no interpreter that would load one.</summary>
    [Theory]
    [InlineData("linux-x64", 62)] // EM_X86_64
    [InlineData("linux-arm64", 183)] // EM_AARCH64
    public void An_agent_is_one_static_file_for_its_processor(string rid, int machine)
    {
        using TestDirectory directory = new();
        string agent = directory.Combine("murder-peer");
        package.Unpack($"tools/agent/{rid}/murder-peer.gz", agent);
        byte[] elf = File.ReadAllBytes(agent);

        Assert.Equal(machine, BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(18)));
        int headersAt = (int)BinaryPrimitives.ReadUInt64LittleEndian(elf.AsSpan(32));
        int headerLength = BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(54));
        int headerCount = BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(56));
        uint[] types = [.. Enumerable.Range(0, headerCount).Select(index => BinaryPrimitives.ReadUInt32LittleEndian(elf.AsSpan(headersAt + (index * headerLength))))];
        Assert.Contains(1u, types); // PT_LOAD
        Assert.DoesNotContain(3u, types); // PT_INTERP
    }

    [Fact]
    public void The_package_brings_no_dependency_into_the_graph_of_a_service()
    {
        XElement metadata = XDocument.Parse(package.ReadText("Murder.Build.nuspec")).Root!.Elements().Single();

        string[] dependencies = [.. metadata.Descendants().Where(element => element.Name.LocalName == "dependency").Select(element => element.ToString())];
        Assert.Empty(dependencies);
        Assert.Equal("true", metadata.Elements().Single(element => element.Name.LocalName == "developmentDependency").Value);
    }
}
