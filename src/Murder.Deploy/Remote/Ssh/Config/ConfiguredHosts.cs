using System.Collections.Concurrent;

namespace Murder.Deploy;

/// <summary>Gives each host that is reached by SSH what ssh's configuration says of it.</summary>
internal static class ConfiguredHosts
{
    /// <summary>The same hosts, in the same order. Without <c>ssh</c> on this machine its files are read by ourselves.</summary>
    public static IReadOnlyList<TargetHost> Of(IReadOnlyList<TargetHost> hosts, SshOptions options, List<Problem> problems)
    {
        Func<TargetHost, SshConfig> ask = options.OpenSshProgram is { } program
            ? new SshConfigQuery(program, options.ConfigFile, options.HomeDirectory).Ask
            : host => SshConfigFiles.Read(host, options.ConfigFile, options.HomeDirectory);
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
                configured[index] = configured[index] with { Ssh = ask(configured[index]) };
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                refused.Enqueue((configured[index].Address, e.Message));
            }
        });
        problems.AddRange(refused.GroupBy(each => each.Reason, each => each.Host).Select(each => SshProblems.ConfigRefused([.. each.Order(StringComparer.Ordinal)], each.Key)));
        return configured;
    }
}
