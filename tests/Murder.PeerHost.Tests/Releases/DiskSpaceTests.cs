using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.PeerHost.Tests;

/// <summary>What a release takes of a disk is more than its bytes.</summary>
public sealed class DiskSpaceTests
{
    private const int PieceLength = 32 * 1024;
    private const int Block = 4096;

    private static readonly ReleaseId s_release = HostFixture.Release("1.0.0");

    [Fact]
    public void SmallFilesTakeAWholeBlockEachAndAnInode()
    {
        Metainfo metainfo = Build([.. Enumerable.Range(0, 1000).Select(file => File($"{file:000}", 100))]);
        long kept = (metainfo.Bytes.Length + Block - 1) / Block * Block;

        Assert.Equal(new DiskSpace((1000 * Block) + kept, 1001), DiskSpace.NeededBy(metainfo, new Bitfield(1000)));
    }

    [Fact]
    public void WhatIsThereIsNotNeededAgain()
    {
        Metainfo metainfo = Build(File("a", (2 * PieceLength) + 1), File("b", 0), File("c", 10));
        Bitfield verified = new(4);
        verified.Add(0);
        verified.Add(2); // the last byte of a

        Assert.Equal(PieceLength + Block + Block, DiskSpace.NeededBy(metainfo, verified).Bytes); // its middle, c, the description
        Assert.Equal(3, DiskSpace.NeededBy(metainfo, verified).Files); // b, c, the description
    }

    [Fact]
    public void AFileSystemThatCountsNoInodesIsNotShortOfThem()
    {
        DiskSpace needed = new(1000, 1000);

        Assert.Null(new DiskSpace(1000, null).WhyNotRoomFor(needed, "/srv", s_release));
        Assert.Null(new DiskSpace(1000, 1000).WhyNotRoomFor(needed, "/srv", s_release));
        Assert.Equal($"/srv has 999 bytes free, and {s_release} needs 1000 more", new DiskSpace(999, null).WhyNotRoomFor(needed, "/srv", s_release)!.Message);
        Assert.Equal(HostFailure.DiskFull, new DiskSpace(1000, 999).WhyNotRoomFor(needed, "/srv", s_release)!.Failure);
    }

    private static Metainfo Build(params HashedFile[] files) => MetainfoBuilder.Build("app", PieceLength, files);

    private static HashedFile File(string path, long length) =>
        new(path, length, IsExecutable: false, SymlinkTarget: null, [.. Enumerable.Range(0, (int)((length + PieceLength - 1) / PieceLength)).Select(piece => Hash256.Of([(byte)piece]))]);
}
