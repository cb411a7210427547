using System.Globalization;

namespace Murder.Deploy;

/// <summary>What each host, and the seeder, may send at most, and as much again receive: bytes of the release a second.</summary>
public readonly record struct RateLimit(long BytesPerSecond)
{
    /// <summary>Below it a block of 16 KiB takes longer than the waits of a swarm are made for.</summary>
    public const long BytesPerSecondMin = 100_000;

    private const long BytesPerSecondMax = 1_000_000_000_000; // more than any link has

    /// <summary>Reads <c>500000</c>, <c>12.5M</c> (bytes a second) or <c>100Mbit</c>; k, M and G are powers of ten, in either case.</summary>
    public static bool TryParse(string text, out RateLimit limit)
    {
        ReadOnlySpan<char> number = text;
        bool isBits = number.EndsWith("bit", StringComparison.OrdinalIgnoreCase);
        number = isBits ? number[..^3] : number;
        long unit = number is [.., var last] ? char.ToUpperInvariant(last) switch { 'K' => 1_000, 'M' => 1_000_000, 'G' => 1_000_000_000, _ => 1 } : 1;
        number = unit > 1 ? number[..^1] : number;
        limit = default;
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value)
            || value > BytesPerSecondMax * 8m)
        {
            return false;
        }

        decimal bytes = value * unit / (isBits ? 8 : 1);
        if (bytes is < BytesPerSecondMin or > BytesPerSecondMax)
        {
            return false;
        }

        limit = new RateLimit((long)bytes);
        return true;
    }

    public override string ToString() => $"{Sizes.Format(BytesPerSecond)}/s";
}
