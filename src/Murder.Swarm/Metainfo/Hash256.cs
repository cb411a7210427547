using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Murder.Swarm;

/// <summary>
/// A SHA-256 value: 32 bytes, compared by content. The default value is the zero hash that BEP 52 pads trees with. In memory it is its bytes and
/// nothing else, so that hashes can be read where they stand in a metainfo.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct Hash256
{
    public const int Size = 32;

    private readonly ulong _a, _b, _c, _d;

    /// <param name="bytes">exactly 32 bytes</param>
    public Hash256(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException("a SHA-256 value has 32 bytes", nameof(bytes));
        }

        this = MemoryMarshal.Read<Hash256>(bytes);
    }

    public static Hash256 Of(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(data, hash);
        return new Hash256(hash);
    }

    /// <summary>The parent of two nodes of a BEP 52 Merkle tree: SHA-256 of their concatenation.</summary>
    public static Hash256 Combine(in Hash256 left, in Hash256 right)
    {
        Span<byte> pair = stackalloc byte[2 * Size];
        left.CopyTo(pair);
        right.CopyTo(pair[Size..]);
        return Of(pair);
    }

    /// <summary>The hashes that stand one after the other in these bytes.</summary>
    public static ReadOnlySpan<Hash256> In(ReadOnlySpan<byte> bytes) => MemoryMarshal.Cast<byte, Hash256>(bytes);

    public void CopyTo(Span<byte> destination) => MemoryMarshal.Write(destination, this);

    /// <summary>By the bytes.</summary>
    internal static int Compare(Hash256 left, Hash256 right) =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<Hash256>(in left)).SequenceCompareTo(MemoryMarshal.AsBytes(new ReadOnlySpan<Hash256>(in right)));

    public byte[] ToArray()
    {
        byte[] bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToArray());
}
