namespace Murder.Deploy;

/// <summary>Prints whom a command is about to touch, before it touches anybody.</summary>
internal static class HostListing
{
    /// <summary>Hosts named at normal verbosity; a longer list is whole at detailed verbosity.</summary>
    private const int NamedMax = 20;

    public static void Tell(IReadOnlyList<TargetHost> hosts, IDeploymentLog log)
    {
        string names = string.Join(", ", hosts.Take(NamedMax).Select(host => host.Name));
        string more = hosts.Count > NamedMax ? $" and {hosts.Count - NamedMax} more (all of them at -v:d)" : "";
        int zones = hosts.Select(host => host.Zone).Where(zone => zone.Length > 0).Distinct().Count();
        string inZones = zones > 1 ? $" in {zones} zones" : "";
        log.Milestone($"{hosts.Count} {(hosts.Count == 1 ? "host" : "hosts")}{inZones}: {names}{more}");
        foreach (TargetHost host in hosts)
        {
            log.Detail(host.IsLocal ? $"{host.Name}: {host.Root}" : $"{host.Name}: {host.User ?? host.Ssh?.User ?? Environment.UserName}@{host.Endpoint} {host.Root}");
        }
    }
}
