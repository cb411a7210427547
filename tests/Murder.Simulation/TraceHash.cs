using System.Numerics;

namespace Murder.Simulation;

/// <summary>Sums up everything that happened to a host, in order: two runs in which every host has the same value were the same run. Fast, and no cryptography.</summary>
internal sealed class TraceHash
{
    private ulong _value = 0xCBF29CE484222325;

    public ulong Value => _value;

    public static ulong Of(IEnumerable<ulong> values)
    {
        TraceHash hash = new();
        foreach (ulong value in values)
        {
            hash.Add((long)value);
        }

        return hash.Value;
    }

    public void Add(long what)
    {
        _value = BitOperations.RotateLeft((_value ^ (ulong)what) * 0x9E3779B97F4A7C15, 29);
    }
}
