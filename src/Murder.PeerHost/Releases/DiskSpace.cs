using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.PeerHost;

/// <summary>Room on a file system: what this user may still take, or what a release takes.</summary>
/// <param name="Files">null where the file system does not count them</param>
internal readonly record struct DiskSpace(long Bytes, long? Files)
{
    /// <summary>
    /// What file systems on local disks hand out at a time. What one says of itself is not asked: over a network it is the size of a transfer, up to
    /// a megabyte.
    /// </summary>
    private const long BlockBytes = 4096;

    public static DiskSpace None { get; } = new(0, 0);

    /// <summary>What the rest of a release takes, when some of its pieces are there.</summary>
    public static DiskSpace NeededBy(Metainfo metainfo, Bitfield verified)
    {
        PieceLayout layout = metainfo.Layout;
        long bytes = InBlocks(metainfo.Bytes.Length); // it is kept
        long files = 1;
        for (int file = 0; file < layout.FileCount; file++)
        {
            long there = 0;
            for (int piece = layout.FirstPieceOf(file); piece < layout.FirstPieceOf(file) + layout.PieceCountOf(file); piece++)
            {
                there += verified[piece] ? layout.SizeOf(piece) : 0;
            }

            bytes += InBlocks(layout.LengthOf(file) - there);
            files += there == 0 ? 1 : 0;
        }

        return new DiskSpace(bytes, files);
    }

    /// <summary>Null when there is room for it.</summary>
    /// <param name="folder">where the release is to lie</param>
    public VerbException? WhyNotRoomFor(DiskSpace needed, string folder, ReleaseId release) =>
        Bytes < needed.Bytes ? new VerbException(HostFailure.DiskFull, $"{folder} has {Bytes} bytes free, and {release} needs {needed.Bytes} more")
        : Files < needed.Files ? new VerbException(HostFailure.DiskFull, $"{folder} has inodes for {Files} more files, and {release} needs {needed.Files}")
        : null;

    private static long InBlocks(long bytes) => (bytes + BlockBytes - 1) / BlockBytes * BlockBytes;
}
