using System.Globalization;

namespace Murder.Deploy;

/// <summary>
/// Expands <c>web[01:40].example.com</c>, <c>db[a:f]</c> and <c>web[0:100:10]</c> as Ansible does: both ends belong to it, leading zeros are
/// kept, and several ranges in one name multiply. An address in brackets (<c>[2001:db8::1]</c>) is no range.
/// </summary>
internal static class HostRange
{
    /// <summary>Most hosts of one name, and of one inventory.</summary>
    public const int HostsMax = 20_000;

    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const int RangesMax = 8;

    /// <summary>The names in order; false, with what is wrong, when a range cannot be read.</summary>
    public static bool TryExpand(string pattern, out IReadOnlyList<string> names, out string error)
    {
        var expanded = new List<string> { "" };
        names = expanded;
        error = "";
        int at = 0;
        for (int ranges = 0; ; ranges++)
        {
            int open = pattern.IndexOf('[', at);
            int close = open < 0 ? -1 : pattern.IndexOf(']', open);
            if (open < 0)
            {
                names = [.. expanded.Select(name => name + pattern[at..])];
                return true;
            }

            error = close < 0 ? "']' is missing" : ranges == RangesMax ? $"a name can hold {RangesMax} ranges" : "";
            string fixedPart = pattern[at..open];
            if (error.Length > 0 || !TryReadRange(pattern[(open + 1)..close], out List<string> parts, out error))
            {
                return false;
            }

            if ((long)expanded.Count * parts.Count > HostsMax)
            {
                error = $"it makes more than {HostsMax} hosts";
                return false;
            }

            expanded = [.. expanded.SelectMany(name => parts.Select(part => name + fixedPart + part))];
            at = close + 1;
        }
    }

    private static bool TryReadRange(string range, out List<string> parts, out string error)
    {
        parts = [];
        string[] fields = range.Split(':');
        string first = fields[0].Length == 0 ? "0" : fields[0];
        string last = fields.Length > 1 ? fields[1] : "";
        int step = 1;
        bool stepIsValid = fields.Length < 3 || (int.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out step) && step > 0);
        bool isNumeric = int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out int from)
            & int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out int to);
        bool isLetters = !isNumeric && IsLetter(first) && IsLetter(last);
        if (isLetters)
        {
            (from, to) = (Letters.IndexOf(first[0]), Letters.IndexOf(last[0]));
        }

        bool isPadded = isNumeric && first.Length > 1 && first[0] == '0';
        error = FirstFault();
        if (error.Length > 0)
        {
            return false;
        }

        for (long value = from; value <= to; value += step)
        {
            parts.Add(isLetters ? Letters[(int)value].ToString() : value.ToString(CultureInfo.InvariantCulture).PadLeft(isPadded ? first.Length : 0, '0'));
        }

        return true;

        string FirstFault() => 0 switch
        {
            _ when fields.Length is < 2 or > 3 => "it must have the form [first:last] or [first:last:step]",
            _ when !stepIsValid => $"the step '{fields[2]}' must be a number above 0",
            _ when last.Length == 0 => "the last value is missing",
            _ when !isNumeric && !isLetters => $"'{first}' and '{last}' must be two numbers or two letters",
            _ when isPadded && first.Length != last.Length => $"'{first}' and '{last}' must have the same number of digits",
            _ when from > to => $"'{first}' comes after '{last}'",
            _ when ((long)to - from) / step >= HostsMax => $"it makes more than {HostsMax} hosts",
            _ => "",
        };
    }

    private static bool IsLetter(string text) => text.Length == 1 && char.IsAsciiLetter(text[0]);
}
