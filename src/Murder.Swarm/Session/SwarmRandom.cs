namespace Murder.Swarm;

/// <summary>A seeded generator of our own (SplitMix64, Steele, Lea and Flood 2014): the same seed gives the same draws on every runtime, for ever.</summary>
public sealed class SwarmRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in [0, exclusiveMax). The bias of a multiply-shift is below 2^-32 for the ranges used here.</summary>
    public int Next(int exclusiveMax) => (int)(((Next() >> 32) * (ulong)exclusiveMax) >> 32);
}
