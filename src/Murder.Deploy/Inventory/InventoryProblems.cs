namespace Murder.Deploy;

/// <summary>Everything that can be wrong with which hosts are asked for: MURDER0101 to MURDER0129.</summary>
public static class InventoryProblems
{
    private const string SyntaxRemedy = "Correct the line; the README shows the format under 'Inventory'.";

    public static Problem HostsEmpty() => new(
        "MURDER0101",
        "No hosts are named.",
        "Say where to deploy to: -p:Hosts=GROUP, -p:Hosts=user@host, or -p:Hosts=local to try it on this machine.");

    /// <param name="suggestion">a known word that looks like it; null when none does</param>
    /// <param name="known">names of the groups there are</param>
    /// <param name="isSshAsked">hosts that ssh's configuration names are known too</param>
    public static Problem UnknownName(string name, string? suggestion, IReadOnlyCollection<string> known, string? inventoryPath, bool isSshAsked) => new(
        "MURDER0102",
        $"'{name}' in Hosts is neither a host group nor a known host{(isSshAsked ? $", and ssh's configuration has no 'Host {name}'" : "")}.",
        (suggestion is null ? "" : $"Did you mean '{suggestion}'? ")
        + (known.Count == 0
            ? $"No groups are defined: {WhereToDefine(inventoryPath)} A host that stands nowhere is written so that it looks like one: user@{name}, or {name}:22."
            : $"Groups: {NameList.Of(known, max: 12)} (from {inventoryPath ?? "the project's MurderHost items"}). A host that stands nowhere is written so that it looks like one: user@{name}, or {name}:22."));

    internal static bool IsUnknownName(Problem problem) => problem.Code == "MURDER0102";

    public static Problem NothingLeft(string hosts) => new(
        "MURDER0103",
        $"Hosts '{hosts}' leaves no host.",
        "Name at least one group or host that no '!' leaves out.");

    public static Problem InventoryUnreadable(string path, string reason) => new(
        "MURDER0104",
        $"The inventory '{path}' cannot be read: {reason}.",
        "Correct MurderInventory, or remove it to use murder.hosts.ini beside the project or in a parent folder.");

    public static Problem Syntax(string path, int line, string what) => new(
        "MURDER0105",
        $"{path}({line}): {what}.",
        SyntaxRemedy);

    public static Problem BadPort(string host, string port, string where) => new(
        "MURDER0106",
        $"The port '{port}' of host '{host}' ({where}) is not a port.",
        "Use a number from 1 to 65535.");

    public static Problem GroupEmpty(string group) => new(
        "MURDER0107",
        $"Host group '{group}' has no hosts.",
        "Add one, or leave the group out of Hosts.");

    public static Problem BadRange(string pattern, string where, string what) => new(
        "MURDER0108",
        $"The range in '{pattern}' ({where}) cannot be used: {what}.",
        "Ranges look like web[01:40], db[a:f] or web[01:40:2]: first to last, and perhaps a step.");

    /// <param name="values">both, quoted, and where each stands if that is known</param>
    public static Problem Conflict(string host, string what, string values) => new(
        "MURDER0109",
        $"Host '{host}' has two different values for {what}: {values}.",
        "Keep one of them.");

    public static Problem BadRoot(string host, string root, string what) => new(
        "MURDER0110",
        $"The root '{root}' of host '{host}' cannot be used: {what}.",
        "Set MurderRoot (or murder_root of the host) to an absolute path without '..', as /srv/my-service.");

    internal static Problem RootOverridden(string host, string typed, HostValue inventoried) => new(
        "MURDER0120",
        $"MurderRoot is given for this run as '{typed}', but host '{host}' has the root '{inventoried.Text}' ({inventoried.Where}), which would go before it.",
        "Leave MurderRoot out, or change the inventory's murder_root: it says where production is.");

    public static Problem BadLocalCount(string word, int max) => new(
        "MURDER0111",
        $"'{word}' in Hosts is not a number of local hosts.",
        $"Use local (8 hosts) or local:N with N from 1 to {max}.");

    public static Problem BadLiteral(string word, string what) => new(
        "MURDER0112",
        $"'{word}' in Hosts is not a host: {what}.",
        "Write it as host, user@host, user@host:port, or user@[IPv6 address]:port.");

    public static Problem SamePlace(string first, string second, string place) => new(
        "MURDER0113",
        $"Hosts '{first}' and '{second}' are the same place, {place}.",
        "Keep one of them, or give each its own root.");

    public static Problem TooManyHosts(int max) => new(
        "MURDER0114",
        $"More than {max} hosts are defined.",
        "Check the ranges, or deploy in several runs.");

    public static Problem BadValue(string host, string what, string value, string why) => new(
        "MURDER0115",
        $"The {what} '{value}' of host '{host}' cannot be used: {why}.",
        "Write the value itself.");

    public static Problem ReservedName(string name) => new(
        "MURDER0116",
        $"'{name}' in Hosts means hosts on this machine, but a group or host of that name is defined too.",
        "Rename the group or host.");

    public static Problem UnknownExclusion(string name, string? suggestion) => new(
        "MURDER0117",
        $"'!{name}' in Hosts leaves out nothing: '{name}' is neither a host group nor a known host.",
        suggestion is null ? "Correct the name: a misspelt exclusion would deploy to a host that you meant to spare." : $"Did you mean '!{suggestion}'?");

    public static Problem CommandFailed(string command, string reason) => new(
        "MURDER0119",
        $"The command of MurderInventoryCommand, '{command}', gave no inventory: {reason.TrimEnd('.')}.",
        "Run it by hand in the project's folder: it is to print an inventory in INI, YAML or JSON, as Ansible reads them, and to end with exit code 0.");

    public static Problem HostItemEmpty() => new(
        "MURDER0118",
        "A MurderHost item has an empty Include.",
        "Give it a host name, or remove it.");

    private static string WhereToDefine(string? inventoryPath) => inventoryPath is null
        ? "there is no murder.hosts.ini beside the project or in a parent folder, and no MurderHost item has Groups."
        : $"'{inventoryPath}' has none, and no MurderHost item has Groups.";
}
