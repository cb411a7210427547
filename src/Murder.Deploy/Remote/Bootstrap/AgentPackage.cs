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

    /// <summary>An agent is some 12 MB; a file beyond this is none.</summary>
    private const long RawLengthMax = 256 * 1024 * 1024;

    /// <summary>Reads <c>RID/murder-peer.gz</c> of every folder that has one; empty when there is none.</summary>
    /// <exception cref="IOException">a file cannot be read</exception>
    /// <exception cref="InvalidDataException">a file is not compressed with gzip, or far too large</exception>
    public static IReadOnlyList<AgentPackage> ReadAll(string agentDirectory)
    {
        if (!Directory.Exists(agentDirectory))
        {
            return [];
        }

        return [.. Directory.GetDirectories(agentDirectory)
            .Order(StringComparer.Ordinal)
            .Where(folder => File.Exists(Path.Combine(folder, FileName)))
            .Select(folder => FromGzip(Path.GetFileName(folder), File.ReadAllBytes(Path.Combine(folder, FileName))))];
    }

    /// <exception cref="InvalidDataException">not compressed with gzip, or far too large</exception>
    public static AgentPackage FromGzip(string rid, byte[] gzip)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using Stream raw = Decompress(gzip);
        PosixChecksum checksum = new();
        byte[] buffer = new byte[128 * 1024];
        long length = 0;
        int read;
        while ((read = raw.Read(buffer)) > 0)
        {
            hash.AppendData(buffer.AsSpan(0, read));
            checksum.Append(buffer.AsSpan(0, read));
            length += read;
            if (length > RawLengthMax)
            {
                throw new InvalidDataException($"the agent for {rid} is larger than {RawLengthMax} bytes");
            }
        }

        return new AgentPackage(rid, Convert.ToHexStringLower(hash.GetHashAndReset()), length, checksum.Finish(), gzip);
    }

    /// <summary>The executable itself, for a host without gzip.</summary>
    public Stream OpenRaw() => Decompress(Gzip.ToArray());

    private static GZipStream Decompress(byte[] gzip) => new(new MemoryStream(gzip), CompressionMode.Decompress);
}
