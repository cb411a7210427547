namespace Murder.Deploy;

/// <summary>Some of all hosts: a number, or a percentage.</summary>
public readonly record struct HostShare(int Number, bool IsPercentage)
{
    public static HostShare All { get; } = new(100, IsPercentage: true);

    public static bool TryParse(string text, out HostShare share)
    {
        bool isPercentage = text.EndsWith('%');
        bool valid = int.TryParse(isPercentage ? text[..^1] : text, System.Globalization.NumberStyles.None, null, out int number)
            && (!isPercentage || number <= 100);
        share = new HostShare(number, isPercentage);
        return valid;
    }

    /// <summary>Of failures that are allowed: 10% of nine hosts are none.</summary>
    public int RoundedDown(int hostCount) => IsPercentage ? (int)((long)hostCount * Number / 100) : Number;

    /// <summary>Of hosts that are to be reached: 10% of nine hosts are one.</summary>
    public int RoundedUp(int hostCount) => IsPercentage ? (int)((((long)hostCount * Number) + 99) / 100) : Number;

    public override string ToString() => IsPercentage ? $"{Number}%" : $"{Number}";
}
