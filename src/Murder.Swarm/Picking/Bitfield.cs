using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Murder.Swarm;

/// <summary>A set of pieces, one bit each. Not thread-safe.</summary>
public sealed class Bitfield(int length)
{
    private readonly ulong[] _words = new ulong[(length + 63) / 64];

    public int Length { get; } = length;

    /// <summary>How many pieces are in the set.</summary>
    public int Count { get; private set; }

    public bool IsFull => Count == Length;

    public bool this[int piece]
    {
        get
        {
            if ((uint)piece >= (uint)Length)
            {
                ThrowOutside(piece); // apart, so that this is small enough to be inlined
            }

            return (_words[piece >> 6] & (1UL << (piece & 63))) != 0;
        }
    }

    public static Bitfield Full(int length)
    {
        Bitfield full = new(length) { Count = length };
        Array.Fill(full._words, ulong.MaxValue);
        if ((length & 63) != 0)
        {
            full._words[^1] = (1UL << (length & 63)) - 1;
        }

        return full;
    }

    /// <summary>Adds the piece; false when it was there already.</summary>
    public bool Add(int piece)
    {
        if (this[piece])
        {
            return false;
        }

        _words[piece >> 6] |= 1UL << (piece & 63);
        Count++;
        return true;
    }

    /// <summary>Removes the piece; false when it was not there.</summary>
    public bool Remove(int piece)
    {
        if (!this[piece])
        {
            return false;
        }

        _words[piece >> 6] &= ~(1UL << (piece & 63));
        Count--;
        return true;
    }

    public Bitfield Copy()
    {
        Bitfield copy = new(Length);
        _words.CopyTo(copy._words, 0);
        copy.Count = Count;
        return copy;
    }

    /// <summary>The first piece at or after <paramref name="from"/> that is in both sets; -1 when there is none. Sixty-four pieces a step.</summary>
    internal int NextCommon(Bitfield other, int from)
    {
        if (from >= Length)
        {
            return -1;
        }

        int word = from >> 6;
        ulong common = _words[word] & other._words[word] & (ulong.MaxValue << (from & 63));
        while (common == 0)
        {
            if (++word == _words.Length)
            {
                return -1;
            }

            common = _words[word] & other._words[word];
        }

        return (word << 6) + BitOperations.TrailingZeroCount(common);
    }

    /// <summary>How many pieces are in this set and not in the other.</summary>
    internal int CountWithout(Bitfield other)
    {
        int count = 0;
        for (int word = 0; word < _words.Length; word++)
        {
            count += BitOperations.PopCount(_words[word] & ~other._words[word]);
        }

        return count;
    }

    /// <summary>The payload of a bitfield message (BEP 3): the high bit of the first byte is piece 0, spare bits are 0.</summary>
    public byte[] ToWire()
    {
        byte[] wire = new byte[(Length + 7) / 8];
        for (int piece = 0; piece < Length; piece++)
        {
            if (this[piece])
            {
                wire[piece >> 3] |= (byte)(0x80 >> (piece & 7));
            }
        }

        return wire;
    }

    [DoesNotReturn]
    private static void ThrowOutside(int piece) => throw new ArgumentOutOfRangeException(nameof(piece), piece, "there is no such piece");

    /// <summary>Reads a bitfield message's payload; false when its size is wrong or a spare bit is set (BEP 3: drop the connection).</summary>
    public static bool TryFromWire(ReadOnlySpan<byte> wire, int length, out Bitfield bitfield)
    {
        bitfield = new Bitfield(length);
        if (wire.Length != (length + 7) / 8)
        {
            return false;
        }

        for (int at = 0; at < wire.Length; at++)
        {
            for (uint bits = wire[at]; bits != 0;)
            {
                int bit = BitOperations.LeadingZeroCount(bits) - 24;
                int piece = (at * 8) + bit;
                if (piece >= length)
                {
                    return false;
                }

                bitfield.Add(piece);
                bits &= ~(0x80u >> bit);
            }
        }

        return true;
    }
}
