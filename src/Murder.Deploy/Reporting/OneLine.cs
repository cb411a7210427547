namespace Murder.Deploy;

/// <summary>What was said in several lines, in one: each line of a message would be an error of its own to MSBuild.</summary>
internal static class OneLine
{
    /// <param name="isToStay">lines of which this is false are left out, as empty ones are</param>
    public static string Of(string text, Func<string, bool>? isToStay = null) =>
        string.Join(" / ", text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(line => isToStay?.Invoke(line) != false));
}
