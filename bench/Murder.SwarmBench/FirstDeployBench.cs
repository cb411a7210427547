using System.Globalization;

namespace Murder.SwarmBench;

/// <summary>
/// The bootstrap of a fleet that has no agent yet, beside that of one host in the same run: on each, a deploy of three small files. The clock
/// runs from the launch of the first host to the hello of the last agent, both from report.json.
/// </summary>
internal static class FirstDeployBench
{
    /// <summary>The whole fleet in so many times what one host takes: what is wanted.</summary>
    private const double RatioMax = 3;

    /// <summary>True when no run took longer.</summary>
    public static async Task<bool> RunAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        PayloadProject project = await PayloadProject.MakeAsync(options, cancellationToken);
        MurderSystem murder = new(project, options.Securities[0], options.Filters[0], limit: null);
        bool isWithin = true;
        foreach (string rate in options.Rates)
        {
            foreach (int hosts in options.Hosts)
            {
                using BenchLock turn = await BenchLock.TakeAsync(cancellationToken);
                await using Lab lab = await Lab.UpAsync(options, hosts, rate, cancellationToken);
                for (int run = 0; run < options.Runs; run++)
                {
                    BootstrapResult one = await BootstrapAsync(murder, lab, lab.Hosts[0].Name, project.Payload, cancellationToken);
                    BootstrapResult all = await BootstrapAsync(murder, lab, "lab", project.Payload, cancellationToken);
                    double ratio = all.Seconds / one.Seconds;
                    isWithin &= ratio <= RatioMax;
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"N={hosts} {rate}: one host {one.Seconds:0.00} s, all {all.Seconds:0.00} s (first {all.FirstSeconds:0.00} s), ratio {ratio:0.00}; {all.Uploaded} uploaded, {all.Spread} from host to host; deployer's link {all.SentBytes / 1e6:0.0} MB"));
                }
            }
        }

        return isWithin;
    }

    private static async Task<BootstrapResult> BootstrapAsync(MurderSystem murder, Lab lab, string hosts, Payload payload, CancellationToken cancellationToken)
    {
        await lab.ClearHostsAsync();
        lab.ClearAgents();
        return await murder.BootstrapAsync(lab, hosts, payload, cancellationToken);
    }
}

/// <param name="Seconds">from the first launch to the last agent</param>
/// <param name="FirstSeconds">to the first agent</param>
/// <param name="Uploaded">agents that the deployer sent</param>
/// <param name="Spread">agents that hosts brought to each other</param>
/// <param name="SentBytes">that left the deployer's interface</param>
internal sealed record BootstrapResult(double Seconds, double FirstSeconds, int Uploaded, int Spread, long SentBytes);
