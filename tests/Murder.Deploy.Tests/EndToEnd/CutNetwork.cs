using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>A deployer and hosts in network namespaces of their own around a switch, from which a host can be cut off, or behind a packet filter. Takes root; the machine's own network sees nothing of it.</summary>
internal sealed class CutNetwork : IDisposable
{
    private static int s_made;

    private readonly string _name = $"murder-cut-{Environment.ProcessId}-{Interlocked.Increment(ref s_made)}";
    private readonly string[] _places;

    /// <param name="hosts">their names</param>
    public CutNetwork(params string[] hosts)
    {
        _places = ["deployer", .. hosts];
        Ip("netns", "add", Switch);
        Ip("-n", Switch, "link", "add", "bridge", "type", "bridge");
        Ip("-n", Switch, "link", "set", "bridge", "up");
        foreach (string place in _places)
        {
            Ip("netns", "add", NamespaceOf(place));
            Ip("-n", Switch, "link", "add", place, "type", "veth", "peer", "name", "eth0", "netns", NamespaceOf(place));
            Ip("-n", Switch, "link", "set", place, "master", "bridge", "up");
            Ip("-n", NamespaceOf(place), "link", "set", "lo", "up");
            Ip("-n", NamespaceOf(place), "address", "add", $"{AddressOf(place)}/24", "dev", "eth0");
            Ip("-n", NamespaceOf(place), "link", "set", "eth0", "up");
        }
    }

    public string NamespaceOf(string place) => $"{_name}-{place}";

    public string AddressOf(string place) => $"10.99.0.{1 + Array.IndexOf(_places, place)}";

    /// <summary>From now on nothing gets to the host or away from it, and neither side is told.</summary>
    public void Cut(string host) => Ip("-n", Switch, "link", "set", host, "nomaster");

    /// <summary>From now on a packet filter on the host drops what the deployer sends to another port, and what goes back to any other of the deployer's connections.</summary>
    /// <param name="port">that stays open towards the deployer</param>
    /// <param name="fromOthers">and all that other hosts send</param>
    public void Filter(string host, int port, bool fromOthers)
    {
        string deployer = AddressOf(_places[0]);
        string rules = $"table inet filter {{ chain in {{ type filter hook input priority 0; iif lo accept; ip saddr {deployer} tcp dport != {port} drop; {(fromOthers ? $"ip saddr != {deployer} drop; " : "")}}}; chain out {{ type filter hook output priority 0; ip daddr {deployer} tcp sport != {port} drop; }}; }}";
        Command.Run("ip", "netns", "exec", NamespaceOf(host), "nft", rules);
    }

    public void Dispose()
    {
        foreach (string place in _places.Append("switch"))
        {
            Command.TryRun("ip", "netns", "delete", NamespaceOf(place));
        }
    }

    private string Switch => NamespaceOf("switch");

    private static void Ip(params string[] arguments) => Command.Run("ip", arguments);
}

/// <summary>A test that cuts links, and is skipped by name where it cannot.</summary>
internal sealed class CutNetworkFactAttribute : FactAttribute
{
    public CutNetworkFactAttribute() => Skip = NetworkNamespaces.CanBe ? null : "no network namespaces can be made here";
}
