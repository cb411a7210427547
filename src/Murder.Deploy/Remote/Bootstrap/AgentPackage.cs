using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Murder.Deploy;

/// <summary>The agent for one platform, as it is brought to hosts.</summary>
/// <param name="Rid">as <c>linux-x64</c></param>
/// <param name="Sha256">of the executable, 64 lower-case hexadecimal digits: its name in every cache</param>
/// <param name="RawLength">size of the executable in bytes</param>
/// <param name="Checksum">of the executable, as <c>cksum</c> of POSIX prints it</param>
/// <param name="Gzip">the compressed executable</param>
internal sealed record AgentPackage(string Rid, string Sha256, long RawLength, uint Checksum, ReadOnlyMemory<byte> Gzip)
{
    public const string FileName = "murder-peer.gz";

    private const string SumsFileName = "murder-peer.sums";

    /// <summary>Reads what <c>pack-agent.sh</c> has left in folders <c>RID</c>; empty when there is none.</summary>
    /// <exception cref="IOException">a file cannot be read</exception>
    /// <exception cref="InvalidDataException">a compressed agent is not the one that was packed</exception>
    public static IReadOnlyList<AgentPackage> ReadAll(string agentDirectory)
    {
        if (!Directory.Exists(agentDirectory))
        {
            return [];
        }

        return [.. Directory.GetDirectories(agentDirectory)
            .Order(StringComparer.Ordinal)
            .Where(folder => File.Exists(Path.Combine(folder, FileName)) || File.Exists(Path.Combine(folder, SumsFileName)))
            .Select(Read)];
    }

    /// <summary>The executable itself, for a host without gzip.</summary>
    public Stream OpenRaw() => new GZipStream(new MemoryStream(Gzip.ToArray()), CompressionMode.Decompress);

    /// <summary>Does not unpack it: that is some 70 ms a platform, of a deploy that may take a second.</summary>
    private static AgentPackage Read(string folder)
    {
        byte[] gzip = File.ReadAllBytes(Path.Combine(folder, FileName));
        string[][] sums = [.. File.ReadLines(Path.Combine(folder, SumsFileName)).Select(line => line.Split(' '))];
        return sums is [[var packed, ..], [var sha256, ..], [var sum, var length]]
            && packed == Convert.ToHexStringLower(SHA256.HashData(gzip))
            && uint.TryParse(sum, CultureInfo.InvariantCulture, out uint checksum)
            && long.TryParse(length, CultureInfo.InvariantCulture, out long rawLength)
            ? new AgentPackage(Path.GetFileName(folder), sha256, rawLength, checksum, gzip)
            : throw new InvalidDataException($"{Path.Combine(folder, FileName)} is not what {SumsFileName} beside it tells of");
    }
}
