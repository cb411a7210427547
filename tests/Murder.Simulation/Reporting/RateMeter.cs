using Murder.Swarm;

namespace Murder.Simulation;

/// <summary>What came past in each tenth of a second.</summary>
internal sealed class RateMeter
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

    /// <summary>Slices of the stretches that are compared: 5 s.</summary>
    private const int Stretch = 50;

    private readonly List<long> _slices = [];
    private Instant? _first;

    public void Add(int bytes, Instant now)
    {
        long slice = (now - (_first ??= now)).Ticks / Slice.Ticks;
        while (_slices.Count <= slice)
        {
            _slices.Add(0);
        }

        _slices[(int)slice] += bytes;
    }

    /// <summary>Bytes a second of the busiest 5 s; what came in less time is held against 5 s too.</summary>
    public double PeakRate
    {
        get
        {
            long sum = 0;
            long peak = 0;
            for (int slice = 0; slice < _slices.Count; slice++)
            {
                sum += _slices[slice] - (slice >= Stretch ? _slices[slice - Stretch] : 0);
                peak = Math.Max(peak, sum);
            }

            return peak / (Stretch * Slice.TotalSeconds);
        }
    }
}
