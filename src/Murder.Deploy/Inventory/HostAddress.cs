using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Murder.Deploy;

/// <summary>
/// A host as people write it: <c>host</c>, <c>user@host</c>, <c>host:port</c>, <c>[IPv6]:port</c>, or a bare IPv6 address. The host may hold
/// ranges (<see cref="HostRange"/>).
/// </summary>
/// <param name="Host">name or address, without brackets around an IPv6 address</param>
/// <param name="Port">as it was written; null when it was not</param>
internal readonly record struct HostAddress(string? User, string Host, string? Port)
{
    private const int HostLengthMax = 253; // RFC 1035, 2.3.4
    private const int UserLengthMax = 256;

    /// <summary>Takes the text apart; what the parts hold is not looked at.</summary>
    public static HostAddress Split(string text)
    {
        int at = text.LastIndexOf('@');
        (string host, string? port) = SplitPort(text[(at + 1)..]);
        return new HostAddress(at < 0 ? null : text[..at], host, port);
    }

    /// <summary>The names, ranges expanded; false, with what is wrong, when a range cannot be read.</summary>
    public bool TryExpand(out IReadOnlyList<string> names, out string error)
    {
        error = "";
        names = [Host];
        return IsIPv6(Host) || HostRange.TryExpand(Host, out names, out error);
    }

    /// <summary>The same for one of the names.</summary>
    public string WordFor(string name) => $"{(User is null ? "" : $"{User}@")}{(Port is null ? name : $"{Bracketed(name)}:{Port}")}";

    /// <summary>Null unless it is a number from 1 to 65535.</summary>
    public static int? TryParsePort(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= IPEndPoint.MaxPort ? port : null;

    /// <summary>
    /// A name or address that can be given to ssh without being taken for anything else: the first character keeps it from being an option, and
    /// none means anything to a shell.
    /// </summary>
    public static bool IsHost(string text) => text.Length is > 0 and <= HostLengthMax && (IsIPv6(text) || IsHostName(text));

    /// <summary>A login name that cannot be taken for an option, a path, or a piece of shell.</summary>
    public static bool IsUser(string text) =>
        text.Length is > 0 and <= UserLengthMax && text[0] != '-' && text.All(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' or '$' or '\\' or '@' or '+' or '%');

    /// <summary>Whether a word that is defined nowhere can only mean a host: it has a sign that group names do not have.</summary>
    public static bool LooksLikeHost(string word) =>
        word.AsSpan().IndexOfAny(".:@[") >= 0 || word.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    /// <summary>The host as it stands before ':' and a port.</summary>
    public static string Bracketed(string host) => host.Contains(':') ? $"[{host}]" : host;

    private static (string Host, string? Port) SplitPort(string text)
    {
        int close = text.StartsWith('[') ? text.IndexOf(']') : -1;
        if (close > 0 && IsIPv6(text[1..close]))
        {
            string after = text[(close + 1)..];
            return after.Length == 0 ? (text[1..close], null)
                : after[0] == ':' ? (text[1..close], after[1..])
                : (text, null);
        }

        int colon = OnlyColonOutsideBrackets(text);
        return colon < 0 ? (text, null) : (text[..colon], text[(colon + 1)..]);
    }

    // web[01:40]:2222 has one, 2001:db8::1 has several and is an address.
    private static int OnlyColonOutsideBrackets(string text)
    {
        int found = -1;
        bool isInside = false;
        for (int at = 0; at < text.Length; at++)
        {
            isInside = text[at] == '[' || (isInside && text[at] != ']');
            if (text[at] == ':' && !isInside)
            {
                if (found >= 0)
                {
                    return -1;
                }

                found = at;
            }
        }

        return found;
    }

    private static bool IsIPv6(string text) =>
        text.Contains(':') && text.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '.' or '%' or '-' or '_')
        && IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetworkV6;

    // Letters beyond ASCII are for internationalised names; '_' stands in many internal ones.
    private static bool IsHostName(string text) =>
        text[0] != '-' && text.All(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_');
}
