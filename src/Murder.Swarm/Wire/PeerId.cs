namespace Murder.Swarm;

/// <summary>The 20 bytes by which a peer names itself for the length of one deploy (BEP 3; client code MB as in BEP 20).</summary>
public readonly record struct PeerId : IComparable<PeerId>
{
    public const int Size = 20;

    private readonly UInt128 _high;
    private readonly uint _low;

    /// <param name="bytes">exactly 20 bytes</param>
    public PeerId(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException("a peer id has 20 bytes", nameof(bytes));
        }

        _high = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
        _low = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
    }

    /// <summary>A fresh id: <c>-MB0100-</c> and twelve characters drawn from the generator.</summary>
    public static PeerId Create(SwarmRandom random)
    {
        Span<byte> bytes = stackalloc byte[Size];
        "-MB0100-"u8.CopyTo(bytes);
        for (int at = 8; at < Size; at++)
        {
            bytes[at] = "0123456789abcdefghijklmnopqrstuvwxyz"u8[random.Next(36)];
        }

        return new PeerId(bytes);
    }

    public void CopyTo(Span<byte> destination)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(destination, _high);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(destination[16..], _low);
    }

    public byte[] ToArray()
    {
        byte[] bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Orders ids as their bytes do, so that two peers agree which of them is the smaller.</summary>
    public int CompareTo(PeerId other)
    {
        int high = _high.CompareTo(other._high);
        return high != 0 ? high : _low.CompareTo(other._low);
    }

    public static bool operator <(PeerId left, PeerId right) => left.CompareTo(right) < 0;

    public static bool operator >(PeerId left, PeerId right) => left.CompareTo(right) > 0;

    public static bool operator <=(PeerId left, PeerId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(PeerId left, PeerId right) => left.CompareTo(right) >= 0;

    public override string ToString() => string.Concat(ToArray().Select(b => b is > 32 and < 127 ? ((char)b).ToString() : $"%{b:x2}"));
}
