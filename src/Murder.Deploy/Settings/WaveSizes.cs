namespace Murder.Deploy;

/// <summary>How many hosts run the new release after each wave: <c>1;25%;100%</c> is one, then a quarter of all, then all.</summary>
public static class WaveSizes
{
    private static readonly char[] s_separators = [';', ',', '+', '|', ' ', '\t', '\r', '\n'];

    /// <summary>False when a wave is no share of hosts, or none at all is given, or two of a kind do not grow. The last wave is always everybody.</summary>
    public static bool TryParse(string text, out IReadOnlyList<HostShare> waves)
    {
        List<HostShare> shares = [];
        waves = shares;
        foreach (string part in text.Split(s_separators, StringSplitOptions.RemoveEmptyEntries))
        {
            if (!HostShare.TryParse(part, out HostShare share) || share.Number == 0
                || shares.Contains(HostShare.All) // nobody is left
                || shares.Exists(before => before.IsPercentage == share.IsPercentage && before.Number >= share.Number))
            {
                return false;
            }

            shares.Add(share);
        }

        return shares.Count > 0;
    }
}
