namespace Murder.Deploy;

/// <summary>How many hosts may fail before the deploy does: a number, or a percentage of all hosts, rounded down.</summary>
public readonly record struct FailureBudget(int Number, bool IsPercentage)
{
    public static bool TryParse(string text, out FailureBudget budget)
    {
        bool isPercentage = text.EndsWith('%');
        bool valid = int.TryParse(isPercentage ? text[..^1] : text, System.Globalization.NumberStyles.None, null, out int number)
            && (!isPercentage || number <= 100);
        budget = new FailureBudget(number, isPercentage);
        return valid;
    }

    public int Of(int hostCount) => IsPercentage ? (int)((long)hostCount * Number / 100) : Number;

    public override string ToString() => IsPercentage ? $"{Number}%" : $"{Number}";
}
