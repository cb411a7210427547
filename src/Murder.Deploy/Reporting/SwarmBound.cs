using System.Numerics;

namespace Murder.Deploy;

/// <summary>Where the rate of a <see cref="SwarmBound"/> comes from.</summary>
public enum RateSource
{
    /// <summary><c>MurderRateLimit</c>.</summary>
    Limit,

    /// <summary>The slowest link that a host told of.</summary>
    Link,

    /// <summary>What the fastest host received at: its link was at least as fast, so that the bound is an estimate.</summary>
    Measured,
}

/// <summary>
/// The least time in which N hosts on equal links can all have what they lack: that of one link for the bytes, and one piece more for each doubling of
/// the hosts, F/C × (1 + ⌊log2 N⌋ ÷ pieces). The last piece leaves the seeder when all others have, and k pieces' time later 2^k hosts can hold it.
/// </summary>
/// <param name="Bytes">of the host that lacked most</param>
/// <param name="HostCount">hosts that fetched</param>
public sealed record SwarmBound(long Bytes, int HostCount, int PieceCount, double BytesPerSecond, RateSource Source)
{
    public double Seconds => OneLinkSeconds + (BitOperations.Log2((uint)HostCount) * PieceSeconds);

    private double OneLinkSeconds => Bytes / BytesPerSecond;

    private double PieceSeconds => OneLinkSeconds / Math.Max(1, PieceCount);

    /// <summary>How many hosts can be done at which time, at best: the corners of a curve that ends at <see cref="Seconds"/> with all of them.</summary>
    public IReadOnlyList<(double Seconds, int Hosts)> Corners()
    {
        List<(double, int)> corners = [];
        int doublings = BitOperations.Log2((uint)HostCount);
        for (int k = 0; k <= doublings; k++)
        {
            corners.Add((OneLinkSeconds + (k * PieceSeconds), k == doublings ? HostCount : 1 << k));
        }

        return corners;
    }
}
