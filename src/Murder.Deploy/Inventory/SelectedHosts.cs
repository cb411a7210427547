namespace Murder.Deploy;

/// <summary>
/// The hosts that the words of <c>Hosts</c> stand for, gathered word by word. A word is <c>local</c>, else a group, else a known host, else,
/// if it looks like one or ssh's configuration names it, a host of its own; else it is a mistake.
/// </summary>
internal sealed class SelectedHosts(DeploymentSettings settings, Inventory inventory, SshAliases aliases, string home, List<Problem> problems)
{
    private const int PortDefault = 22;

    private readonly OrderedDictionary<string, Candidate> _candidates = new(StringComparer.Ordinal);
    private readonly HashSet<string> _leftOut = new(StringComparer.Ordinal);

    private string DefaultRoot => settings.Root.Length > 0 ? settings.Root : $"/srv/{settings.Application}";

    public void Add(string word)
    {
        if (LocalHosts.IsMeantBy(word))
        {
            AddLocal(word);
        }
        else if (inventory.Group(word) is { } group)
        {
            AddGroup(word, group);
        }
        else if (inventory.Host(word) is { } host)
        {
            Take(Known(host, default));
        }
        else if (HostAddress.LooksLikeHost(word) || aliases.Contains(word))
        {
            AddLiteral(word);
        }
        else
        {
            problems.Add(InventoryProblems.UnknownName(word, SuggestionFor(word, aliases.Names), inventory.GroupNames, inventory.Path, aliases.IsRead));
        }
    }

    /// <summary>Leaves out a group, or a host that is known or was added before.</summary>
    public void Remove(string word)
    {
        if (word == LocalHosts.Word)
        {
            _leftOut.UnionWith(_candidates.Values.Where(candidate => candidate.IsLocal).Select(candidate => candidate.Name));
        }
        else if (inventory.Group(word) is { } group)
        {
            _leftOut.UnionWith(group.Select(host => host.Name));
        }
        else if (NamesOf(word) is { Count: > 0 } names && names.All(name => _candidates.ContainsKey(name) || inventory.Host(name) is not null))
        {
            _leftOut.UnionWith(names);
        }
        else
        {
            problems.Add(InventoryProblems.UnknownExclusion(word, SuggestionFor(word, [])));
        }
    }

    /// <summary>Checks what is left; the hosts mean nothing when problems were found.</summary>
    public IReadOnlyList<TargetHost> Finish()
    {
        var hosts = new List<TargetHost>();
        var places = new Dictionary<(string Address, int Port, string Root), TargetHost>();
        foreach (Candidate candidate in _candidates.Values.Where(candidate => !_leftOut.Contains(candidate.Name)))
        {
            TargetHost host = candidate.IsLocal ? candidate.Local! : Check(candidate);
            hosts.Add(host);
            if (!host.IsLocal && !places.TryAdd((host.Address, host.SshPort, host.Root), host))
            {
                TargetHost first = places[(host.Address, host.SshPort, host.Root)];
                problems.Add(InventoryProblems.SamePlace(first.Name, host.Name, $"{host.Endpoint}{host.Root}"));
            }
        }

        return hosts;
    }

    private void AddLocal(string word)
    {
        if (inventory.Group(LocalHosts.Word) is not null || inventory.Host(LocalHosts.Word) is not null)
        {
            problems.Add(InventoryProblems.ReservedName(LocalHosts.Word));
        }
        else if (LocalHosts.TryCount(word) is not { } count)
        {
            problems.Add(InventoryProblems.BadLocalCount(word, LocalHosts.CountMax));
        }
        else
        {
            foreach (TargetHost host in LocalHosts.Create(count, settings.LocalDirectory))
            {
                _candidates.TryAdd(host.Name, new Candidate(host.Name, host.Word, new HostValues(), []) { Local = host });
            }
        }
    }

    private void AddGroup(string name, IReadOnlyList<InventoryHost> hosts)
    {
        if (hosts.Count == 0)
        {
            problems.Add(InventoryProblems.GroupEmpty(name));
        }

        foreach (InventoryHost host in hosts)
        {
            Take(Known(host, default));
        }
    }

    private void AddLiteral(string word)
    {
        HostAddress address = HostAddress.Split(word);
        if (LiteralFault(address) is { } fault)
        {
            problems.Add(InventoryProblems.BadLiteral(word, fault));
        }
        else if (!address.TryExpand(out IReadOnlyList<string> hosts, out string error))
        {
            problems.Add(InventoryProblems.BadRange(word, "Hosts", error));
        }
        else
        {
            foreach (string host in hosts)
            {
                Take(inventory.Host(host) is { } known ? Known(known, address) : Literal(host, address));
            }
        }
    }

    // Host names are checked with all other values; here is only what could not be told apart later.
    private static string? LiteralFault(HostAddress address) => 0 switch
    {
        _ when address.Host.Length == 0 => "the host is missing",
        _ when address.User is not null && !HostAddress.IsUser(address.User) => $"'{address.User}' is not a login name",
        _ when address.Host.StartsWith('[') && address.Host.EndsWith(']') => "only an IPv6 address stands in brackets alone",
        _ => null,
    };

    /// <summary>A host of the inventory; what the literal says besides its name goes over what the inventory says.</summary>
    private static Candidate Known(InventoryHost host, HostAddress literal)
    {
        var values = new HostValues();
        values.Override(host.Values);
        values.Override(ValuesOf(literal));
        return new Candidate(host.Name, literal.WordFor(host.Name), values, host.Groups);
    }

    private static Candidate Literal(string host, HostAddress literal)
    {
        HostValues values = ValuesOf(literal);
        values[HostSetting.Address] = new HostValue(host, "Hosts");
        return new Candidate(LiteralName(host, literal.Port), literal.WordFor(host), values, []);
    }

    private static HostValues ValuesOf(HostAddress literal) => new()
    {
        [HostSetting.User] = literal.User is null ? null : new HostValue(literal.User, "Hosts"),
        [HostSetting.Port] = literal.Port is null ? null : new HostValue(literal.Port, "Hosts"),
    };

    // Several sshds of one machine are several hosts.
    private static string LiteralName(string host, string? port) =>
        port is null || HostAddress.TryParsePort(port) == PortDefault ? host : $"{HostAddress.Bracketed(host)}:{port}";

    private IReadOnlyList<string> NamesOf(string word)
    {
        if (_candidates.ContainsKey(word) || inventory.Host(word) is not null)
        {
            return [word];
        }

        HostAddress address = HostAddress.Split(word);
        return address.TryExpand(out IReadOnlyList<string> hosts, out _) ? [.. hosts.Select(host => LiteralName(host, address.Port))] : [];
    }

    private void Take(Candidate candidate)
    {
        if (_candidates.TryAdd(candidate.Name, candidate))
        {
            return;
        }

        HostValues before = _candidates[candidate.Name].Values;
        foreach (HostSetting setting in HostValues.Settings)
        {
            string first = TextOf(before, setting);
            string second = TextOf(candidate.Values, setting);
            if (first != second)
            {
                problems.Add(InventoryProblems.Conflict(candidate.Name, HostValues.NameOf(setting), $"'{first}' and '{second}'"));
            }
        }
    }

    private static string TextOf(HostValues values, HostSetting setting) =>
        values[setting]?.Text is { Length: > 0 } text ? text : setting == HostSetting.Port ? "22" : "";

    private TargetHost Check(Candidate candidate)
    {
        string Text(HostSetting setting, string missing) => candidate.Values[setting]?.Text is { Length: > 0 } text ? text : missing;
        string address = Text(HostSetting.Address, candidate.Name);
        string user = Text(HostSetting.User, "");
        string port = Text(HostSetting.Port, "");
        string root = Text(HostSetting.Root, DefaultRoot);
        string zone = Text(HostSetting.Zone, "");
        string identityFile = Text(HostSetting.IdentityFile, "");
        Require(HostSetting.Address, address, HostAddress.IsHost(address), "it is neither a host name nor an IP address");
        Require(HostSetting.User, user, user.Length == 0 || HostAddress.IsUser(user), "it is not a login name");
        Require(HostSetting.Zone, zone, !zone.Any(char.IsControl), "it holds a control character");
        Require(HostSetting.IdentityFile, identityFile, !identityFile.Any(char.IsControl), "it holds a control character");
        if (port.Length > 0 && HostAddress.TryParsePort(port) is null)
        {
            problems.Add(InventoryProblems.BadPort(candidate.Name, port, candidate.Values[HostSetting.Port]?.Where ?? "Hosts"));
        }

        if (settings.IsRootTyped && candidate.Values[HostSetting.Root] is { } inventoried && HostRoot.Normalise(inventoried.Text) != HostRoot.Normalise(settings.Root))
        {
            problems.Add(InventoryProblems.RootOverridden(candidate.Name, settings.Root, inventoried));
        }

        if (HostRoot.Fault(root) is { } fault)
        {
            problems.Add(InventoryProblems.BadRoot(candidate.Name, root, fault));
        }

        return new TargetHost(candidate.Name)
        {
            Word = candidate.Word,
            Address = address,
            Port = HostAddress.TryParsePort(port),
            User = user.Length == 0 ? null : user,
            IdentityFile = identityFile.Length == 0 ? null : FromHome(identityFile),
            Zone = zone,
            Groups = candidate.Groups,
            Root = HostRoot.Normalise(root),
        };

        void Require(HostSetting setting, string value, bool isUsable, string why)
        {
            bool isTemplate = value.Contains("{{", StringComparison.Ordinal);
            if (isTemplate || !isUsable)
            {
                problems.Add(InventoryProblems.BadValue(candidate.Name, HostValues.NameOf(setting), value, isTemplate ? "templates are not evaluated" : why));
            }
        }
    }

    private string FromHome(string path) => path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(home, path[2..]) : path;

    private string? SuggestionFor(string word, IEnumerable<string> others) =>
        Suggestion.For(word, [.. inventory.GroupNames, InventoryBuilder.All, LocalHosts.Word, .. inventory.HostNames, .. _candidates.Keys, .. others]);

    private sealed record Candidate(string Name, string Word, HostValues Values, IReadOnlyList<string> Groups)
    {
        public TargetHost? Local { get; init; }

        public bool IsLocal => Local is not null;
    }
}
