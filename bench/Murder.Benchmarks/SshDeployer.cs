using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Murder.Deploy;
using Murder.PeerHost.Contract;

namespace Murder.Benchmarks;

/// <summary>The deploying process up to the moment at which every agent is up and has answered: hosts from settings, ssh's configuration, launcher, all as a deploy has them.</summary>
internal static class SshDeployer
{
    public const string Verb = "ssh-deployer";

    private const int ConnectionsMax = 64; // MurderConnectionsMax
    private const long OurPing = 1_000_000; // beyond those that a channel sends by itself

    /// <param name="arguments">file with the settings</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        DeploymentSettings settings = JsonSerializer.Deserialize<DeploymentSettings>(await File.ReadAllBytesAsync(arguments[0]).ConfigureAwait(false))!;
        long began = Stopwatch.GetTimestamp();
        List<Problem> problems = [];
        IReadOnlyList<TargetHost> hosts = ConfiguredHosts.Of(HostResolver.Resolve(settings).Hosts, SshOptions.From(settings), problems);
        AgentLauncher launcher = AgentLauncher.Create(settings, hosts, spreads: true, TimeProvider.System);
        double ready = Stopwatch.GetElapsedTime(began).TotalSeconds;
        using SemaphoreSlim free = new(ConnectionsMax);
        AgentChannel[] channels = await Task.WhenAll(hosts.Select(host => Task.Run(() => LaunchAsync(launcher, host, free)))).ConfigureAwait(false);
        double up = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await Task.WhenAll(channels.Select(channel => channel.SendAsync(new PingCommand(OurPing), CancellationToken.None))).ConfigureAwait(false);
        while (channels.Any(channel => channel.LastPong == 0))
        {
            await Task.Delay(1).ConfigureAwait(false);
        }

        SshRun run = new(
            up,
            Stopwatch.GetElapsedTime(began).TotalSeconds,
            ready,
            ProcessUse.OwnSeconds(withChildren: true),
            ProcessMemory.OwnPeakBytes() / 1048576.0,
            ProcessUse.OwnThreads());
        await Task.WhenAll(channels.Select(channel => channel.DisposeAsync().AsTask())).ConfigureAwait(false);
        Console.WriteLine(JsonSerializer.Serialize(run));
        return problems.Count;
    }

    private static async Task<AgentChannel> LaunchAsync(AgentLauncher launcher, TargetHost host, SemaphoreSlim free)
    {
        await free.WaitAsync().ConfigureAwait(false);
        try
        {
            return await launcher.LaunchAsync(host, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            free.Release();
        }
    }
}

/// <summary>What one deploying process took until all its agents were up. Processor time is that of its children too.</summary>
/// <param name="UpSeconds">from the reading of the hosts to the last agent's hello</param>
/// <param name="AnsweredSeconds">to the last agent's answer to a ping</param>
/// <param name="ReadySeconds">of that, until the first login began</param>
internal sealed record SshRun(double UpSeconds, double AnsweredSeconds, double ReadySeconds, double CpuSeconds, double PeakMebibytes, int Threads)
{
    public override string ToString() =>
        $"{UpSeconds,6:0.00} s to all agents up ({ReadySeconds:0.00} s to the first login), {AnsweredSeconds:0.00} s to the last pong; {CpuSeconds:0.00} cpu-s, {PeakMebibytes:0} MiB at most, {Threads} threads";
}
