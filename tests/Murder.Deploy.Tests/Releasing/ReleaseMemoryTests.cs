using Murder.PeerHost.Contract;
using Murder.Swarm;
using Murder.Testing;
using NuGet.Versioning;

namespace Murder.Deploy.Tests;

public sealed class ReleaseMemoryTests
{
    [Fact]
    public void An_output_has_its_id_again_though_another_was_released_in_between()
    {
        using TestDirectory directory = new();
        ReleaseMemory memory = new(directory.Path);
        (NuGetVersion version, InfoHash first, InfoHash second) = (new NuGetVersion(1, 0, 0), new InfoHash(Hash256.Of("1"u8)), new InfoHash(Hash256.Of("2"u8)));
        memory.Keep(ReleaseId.Parse("1.0.0-a"), version, first);
        memory.Keep(ReleaseId.Parse("1.0.0-b"), version, second);

        Assert.Equal("1.0.0-a", memory.Recall(version, first)?.Value);
        Assert.Equal("1.0.0-b", new ReleaseMemory(directory.Path).Recall(version, second)?.Value);
        Assert.Null(memory.Recall(new NuGetVersion(2, 0, 0), first));
    }

    [Fact]
    public void What_cannot_be_read_is_forgotten()
    {
        using TestDirectory directory = new();
        directory.Write("release.json", "{ \"Release\": \"1.0.0-a\" }"u8);

        Assert.Null(new ReleaseMemory(directory.Path).Recall(new NuGetVersion(1, 0, 0), default));
    }
}
