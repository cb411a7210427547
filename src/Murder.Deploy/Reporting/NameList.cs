namespace Murder.Deploy;

/// <summary>Names in a sentence.</summary>
public static class NameList
{
    /// <summary>Separated by commas; of more than so many the first, and how many others there are.</summary>
    public static string Of(IReadOnlyCollection<string> names, int max = 8) =>
        names.Count <= max ? string.Join(", ", names) : $"{string.Join(", ", names.Take(max))} and {names.Count - max} more";
}
