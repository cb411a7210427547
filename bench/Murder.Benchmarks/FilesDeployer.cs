using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Murder.Deploy;

namespace Murder.Benchmarks;

/// <summary>The deploying process, without MSBuild: what it takes is what a deploy adds to a build.</summary>
internal static partial class FilesDeployer
{
    public const string Verb = "files-deployer";

    /// <param name="arguments">publish folder, empty folder for the hosts, number of hosts</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        DeploymentSettings settings = new()
        {
            ProjectDirectory = arguments[1],
            Application = "bench",
            Version = "1.0.0",
            PublishDirectory = arguments[0],
            Hosts = $"local:{arguments[2]}",
            AgentDirectory = Path.Combine(AppContext.BaseDirectory, "agents"),
            StateDirectory = Path.Combine(arguments[1], "hosts"),
            ReportDirectory = arguments[1],
        };
        SeederLog log = new();
        DeploymentReport report = await Deployment.DeployAsync(settings, activate: false, log, CancellationToken.None).ConfigureAwait(false);
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            stagedSeconds = report.Hosts.Max(host => host.StagedSeconds),
            stagingSeconds = report.StagingSeconds,
            peakBytes = ProcessMemory.OwnPeakBytes(),
            seeder = log.SeederProcess,
        }));
        return report.Succeeded ? 0 : 1;
    }

    /// <summary>Only what goes wrong is of interest, and which process the seeder is.</summary>
    private sealed partial class SeederLog : IDeploymentLog
    {
        public int SeederProcess { get; private set; }

        public void Milestone(string line)
        {
        }

        public void Order(string line)
        {
        }

        public void Detail(string line)
        {
            if (SeederLine().Match(line) is { Success: true } told)
            {
                SeederProcess = int.Parse(told.Groups[1].Value, CultureInfo.InvariantCulture);
            }
        }

        public void Progress(string line)
        {
        }

        public void Report(Problem problem) => Console.Error.WriteLine(problem);

        [GeneratedRegex(@"the seeder, process (\d+),")]
        private static partial Regex SeederLine();
    }
}
