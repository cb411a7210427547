using System.Collections.Concurrent;

namespace Murder.Deploy;

/// <summary>Gives each host that is reached by SSH what ssh's configuration says of it.</summary>
internal static class ConfiguredHosts
{
    /// <summary>The same hosts, in the same order. Without <c>ssh</c> on this machine they are as they were.</summary>
    public static IReadOnlyList<TargetHost> Of(IReadOnlyList<TargetHost> hosts, SshOptions options, List<Problem> problems)
    {
        if (options.OpenSshProgram is not { } program)
        {
            return hosts;
        }

        SshConfigQuery query = new(program, options.ConfigFile, options.HomeDirectory);
        TargetHost[] configured = [.. hosts];
        ConcurrentQueue<(string Host, string Reason)> refused = [];
        Parallel.For(0, configured.Length, index =>
        {
            if (configured[index].IsLocal)
            {
                return;
            }

            try
            {
                configured[index] = configured[index] with { Ssh = query.Ask(configured[index]) };
            }
            catch (IOException e)
            {
                refused.Enqueue((configured[index].Address, e.Message));
            }
        });
        problems.AddRange(refused.GroupBy(each => each.Reason, each => each.Host).Select(each => SshProblems.ConfigRefused([.. each.Order(StringComparer.Ordinal)], each.Key)));
        return configured;
    }
}
