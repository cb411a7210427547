using System.Diagnostics;
using System.Text.Json;

namespace Murder.SwarmBench;

/// <summary>
/// <c>dotnet publish --no-build -t:MurderDeploy</c> in the deployer's namespace: the packed package, the static agent, real SSH. The clock runs
/// from the seeder's first byte to the last host staged, both from report.json.
/// </summary>
internal sealed class MurderSystem(PayloadProject project, string? security, string filter, string? limit) : ISystem
{
    public string Name => string.Join(' ', new[] { "murder", security is null ? "" : $"({security})", filter == "none" ? "" : $"({filter})" }.Where(word => word.Length > 0));

    public string SeederProcessName => "murder-peer";

    /// <summary>
    /// Every host gets the cached agent of a deploy before. One deploys for real; the file it leaves is copied to the others, because over slow
    /// links the bootstrap of a whole lab takes longer than the runs.
    /// </summary>
    public async Task PrepareAsync(Lab lab, Payload payload, CancellationToken cancellationToken)
    {
        LabHost first = lab.Hosts[0];
        if (!Directory.Exists(Cache(first)))
        {
            await DeployAsync(lab, first.Name, await TinyAsync(payload, cancellationToken), cancellationToken);
            foreach (LabHost host in lab.Hosts.Skip(1))
            {
                await Command.RunAsync("cp", ["-a", "--parents", ".cache/murder", Path.Combine(host.Folder, "root")], Path.Combine(first.Folder, "root"), cancellationToken);
            }
        }
    }

    public async Task<Outcome> RunAsync(Lab lab, Payload payload, CancellationToken cancellationToken)
    {
        if (filter != "none")
        {
            await lab.FilterAsync(filter, cancellationToken);
        }

        long start = Stopwatch.GetTimestamp();
        try
        {
            await DeployAsync(lab, "lab", project.FileList, cancellationToken);
        }
        finally
        {
            if (filter != "none")
            {
                await lab.FilterAsync("none", CancellationToken.None);
            }
        }

        double commandSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        using JsonDocument document = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(project.ReportFolder, "report.json"), cancellationToken));
        JsonElement report = document.RootElement;
        DateTimeOffset startedAt = report.GetProperty("startedAt").GetDateTimeOffset();
        string release = report.GetProperty("release").GetString()!;
        double firstByte = report.TryGetProperty("seederFirstByteSeconds", out JsonElement element)
            ? element.GetDouble()
            : throw new BenchException("this checkout's report.json does not tell when the seeder sent its first byte");
        JsonElement[] hosts = [.. report.GetProperty("hosts").EnumerateArray()];
        return new Outcome(
            startedAt.AddSeconds(firstByte),
            [.. hosts.Zip(lab.Hosts, (host, place) => new HostOutcome(place.Name, startedAt.AddSeconds(host.GetProperty("stagedSeconds").GetDouble()), Path.Combine(place.App, "releases", release))
            {
                ReceivedBytes = host.GetProperty("downloadedBytes").GetInt64(),
                SentBytes = host.GetProperty("uploadedBytes").GetInt64(),
            })])
        {
            SeederPayloadBytes = report.GetProperty("seederUploadedBytes").GetInt64(),
            DeploySeconds = report.GetProperty("totalSeconds").GetDouble(),
            CommandSeconds = commandSeconds,
            ReadySeconds = hosts.Max(host => host.GetProperty("readySeconds").GetDouble()),
        };
    }

    /// <summary>A deploy of nearly nothing.</summary>
    /// <param name="hosts">as MSBuild's property takes it</param>
    public async Task<BootstrapResult> BootstrapAsync(Lab lab, string hosts, Payload payload, CancellationToken cancellationToken)
    {
        LinkMeter links = LinkMeter.Start(lab);
        await using (links)
        {
            await DeployAsync(lab, hosts, await TinyAsync(payload, cancellationToken), cancellationToken);
        }

        using JsonDocument document = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(project.ReportFolder, "report.json"), cancellationToken));
        JsonElement report = document.RootElement;
        JsonElement[] rows = [.. report.GetProperty("hosts").EnumerateArray()];
        double start = rows.Min(host => host.GetProperty("launchedSeconds").GetDouble());
        double[] ready = [.. rows.Select(host => host.GetProperty("readySeconds").GetDouble() - start)];
        return new BootstrapResult(ready.Max(), ready.Min(), CountOf("agentsUploaded"), CountOf("agentsSpread"), links.SentBy(Lab.Deployer));

        // A checkout from before hosts brought it to each other does not tell.
        int CountOf(string name) => report.TryGetProperty(name, out JsonElement count) ? count.GetInt32() : 0;
    }

    private async Task<string> TinyAsync(Payload payload, CancellationToken cancellationToken)
    {
        string tiny = project.FileList + ".tiny";
        await File.WriteAllLinesAsync(tiny, payload.Files.OrderBy(file => file.Length).Take(3).Select(file => file.Path), cancellationToken);
        return tiny;
    }

    private async Task DeployAsync(Lab lab, string hosts, string files, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = lab.Exec(
            Lab.Deployer,
            [
                "dotnet", "publish", project.ProjectFile, "-c", "Release", "-r", "linux-x64", "--self-contained", "--no-build", "-t:MurderDeploy",
                $"-p:Hosts={hosts}",
                $"-p:MurderInventory={lab.Inventory}",
                $"-p:MurderKnownHosts={lab.KnownHosts}",
                $"-p:MurderIdentityFile={lab.IdentityFile}",
                $"-p:MurderReportPath={project.ReportFolder}/",
                $"-p:BenchPackage={project.Package}",
                $"-p:BenchFiles={files}",
                "-p:MurderProgress=none",
                .. security is null ? [] : (string[])[$"-p:MurderSwarmSecurity={security}"],
                .. limit is null ? [] : (string[])[$"-p:MurderRateLimit={limit}"],
            ]);
        PayloadProject.Quieten(start);
        await Command.RunAsync(start, cancellationToken);
    }

    private static string Cache(LabHost host) => Path.Combine(host.Folder, "root", ".cache", "murder");
}
