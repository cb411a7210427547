namespace Murder.Deploy;

/// <summary>Which algorithms ssh's configuration asks for, in the order of preference; null where it leaves the choice open.</summary>
internal sealed record SshAlgorithms
{
    public static SshAlgorithms Open { get; } = new();

    public IReadOnlyList<string>? KeyExchanges { get; init; }

    public IReadOnlyList<string>? Ciphers { get; init; }

    public IReadOnlyList<string>? Macs { get; init; }

    /// <summary>Of the keys that hosts show.</summary>
    public IReadOnlyList<string>? HostKeys { get; init; }

    /// <summary>
    /// Whether <see cref="HostKeys"/> is an order of the configuration's own. The usual one with names added at its end or taken away ('+' and '-') is none:
    /// there <c>ssh</c>, too, asks first for what it knows of a host.
    /// </summary>
    public bool OrdersHostKeys { get; init; }

    /// <summary>Of the signatures with which we log in.</summary>
    public IReadOnlyList<string>? Logins { get; init; }

    /// <param name="values">by keyword, as <c>ssh -G</c> prints them or as they stand in the files</param>
    /// <param name="defaults">the same without any configuration: what is equal is left open; null where a value is there only if the files have it</param>
    public static SshAlgorithms From(ILookup<string, string> values, ILookup<string, string>? defaults)
    {
        IReadOnlyList<string>? ListOf(string keyword, IReadOnlyList<string> known) =>
            values[keyword].FirstOrDefault() is { } value && value != defaults?[keyword].FirstOrDefault() ? Names(value, known) : null;

        IReadOnlyList<string>? hostKeys = ListOf("hostkeyalgorithms", SshNetAlgorithms.HostKeys);
        IReadOnlyList<string> usual = defaults?["hostkeyalgorithms"].FirstOrDefault()?.Split(',') ?? SshNetAlgorithms.HostKeys;
        return new SshAlgorithms
        {
            KeyExchanges = ListOf("kexalgorithms", SshNetAlgorithms.KeyExchanges),
            Ciphers = ListOf("ciphers", SshNetAlgorithms.Ciphers),
            Macs = ListOf("macs", SshNetAlgorithms.Macs),
            HostKeys = hostKeys,
            OrdersHostKeys = hostKeys is not null && !hostKeys.SequenceEqual([.. usual.Intersect(hostKeys), .. hostKeys.Except(usual)]),
            Logins = ListOf("pubkeyacceptedalgorithms", SshNetAlgorithms.HostKeys) ?? ListOf("pubkeyacceptedkeytypes", SshNetAlgorithms.HostKeys),
        };
    }

    /// <summary>A list may be a change of the defaults (ssh_config(5)): '+' appends, '^' puts in front, '-' takes away. <c>ssh</c> has applied it already.</summary>
    private static string[] Names(string value, IReadOnlyList<string> defaults)
    {
        string[] named = value.TrimStart('+', '-', '^').Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return value[..1] switch
        {
            "+" => [.. defaults.Union(named)],
            "^" => [.. named.Union(defaults)],
            "-" => [.. defaults.Where(name => !named.Any(pattern => Wildcard.Matches(pattern, name)))],
            _ => named,
        };
    }
}
