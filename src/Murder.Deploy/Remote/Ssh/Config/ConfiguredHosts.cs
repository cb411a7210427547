using System.Collections.Concurrent;

namespace Murder.Deploy;

/// <summary>Gives each host that is reached by SSH what ssh's configuration says of it.</summary>
internal static class ConfiguredHosts
{
    /// <summary>The same hosts, in the same order. Without <c>ssh</c> on this machine its files are read by ourselves.</summary>
    public static IReadOnlyList<TargetHost> Of(IReadOnlyList<TargetHost> hosts, SshOptions options, List<Problem> problems)
    {
        TargetHost[] configured = [.. hosts];
        ConcurrentQueue<(TargetHost Host, string Reason)> refused = [];
        void Configure(AskedTogether group)
        {
            try
            {
                foreach ((int index, SshConfig config) in group.Hosts.Zip(group.Ask()))
                {
                    configured[index] = configured[index] with { Ssh = config with { ConfigFile = options.ConfigFile, NamedIdentityFile = options.IdentityOf(configured[index]) } };
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                group.Hosts.ForEach(index => refused.Enqueue((configured[index], e.Message)));
            }
        }

        IReadOnlyList<AskedTogether> groups = Groups(hosts, options);
        if (groups is [var only])
        {
            Configure(only); // most often; to get ready for several would take longer than this one
        }
        else
        {
            Parallel.ForEach(groups, Configure);
        }

        problems.AddRange(refused.GroupBy(each => each.Reason, each => each.Host).Select(each => SshProblems.ConfigRefused([.. each.OrderBy(host => host.Address, StringComparer.Ordinal)], options.ConfigFile, each.Key)));
        return configured;
    }

    private static IReadOnlyList<AskedTogether> Groups(IReadOnlyList<TargetHost> hosts, SshOptions options)
    {
        IEnumerable<int> remote = Enumerable.Range(0, hosts.Count).Where(index => !hosts[index].IsLocal);
        if (options.OpenSshProgram is not { } program)
        {
            return [.. remote.Select(index => new AskedTogether([index], () => [SshConfigFiles.Read(hosts[index], options.ConfigFile, options.HomeDirectory)]))];
        }

        SshConfigQuery query = new(program, options.ConfigFile, options.HomeDirectory);
        SshConfigLines lines = new();
        string? home = HomeOf(query);
        return [.. remote
            .Select(index => (Index: index, Reading: home is null ? null : SshConfigFiles.TryRead(hosts[index], options.ConfigFile, home, lines)))
            .GroupBy(host => host.Reading?.Others ?? $"only host {host.Index}")
            .Select(group => new AskedTogether(
                [.. group.Select(host => host.Index)],
                () => group.First().Reading is null
                    ? [query.Ask(hosts[group.First().Index])]
                    : query.Ask([.. group.Select(host => hosts[host.Index])], [.. group.Select(host => host.Reading!)])))];
    }

    private static string? HomeOf(SshConfigQuery query)
    {
        try
        {
            return query.Home;
        }
        catch (IOException)
        {
            return null; // expected: what is wrong is told of each host
        }
    }

    /// <param name="Hosts">by their indexes</param>
    /// <param name="Ask">what the configuration says of each</param>
    private sealed record AskedTogether(List<int> Hosts, Func<IReadOnlyList<SshConfig>> Ask);
}
