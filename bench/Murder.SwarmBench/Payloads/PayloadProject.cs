using System.Diagnostics;
using System.IO.Compression;

namespace Murder.SwarmBench;

/// <summary>
/// A fresh <c>dotnet new webapi</c>, published for linux-x64 with its runtime, and the package of the checkout that is measured. The project
/// imports the package's props and targets where NuGet would, so that a new package needs no restore, and the restore no feed.
/// </summary>
internal sealed class PayloadProject
{
    private const string Name = "MurderPayload";

    private readonly string _work;

    private PayloadProject(string work) => _work = work;

    public required Payload Payload { get; init; }

    public string ProjectFile => Path.Combine(ProjectFolder, Name + ".csproj");

    /// <summary>The unpacked Murder.Build package.</summary>
    public string Package => Path.Combine(_work, "package");

    /// <summary>Where a deploy writes its report.json.</summary>
    public string ReportFolder => Path.Combine(_work, "report");

    /// <summary>Names of the payload's files, one a line: what a deploy leaves of the publish output.</summary>
    public string FileList => Payload.Folder + ".txt";

    private string ProjectFolder => Path.Combine(_work, Name);

    public static async Task<PayloadProject> MakeAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        string work = options.WorkFolder;
        string full = Path.Combine(work, "full");
        string folder = full;
        if (!Directory.Exists(full))
        {
            Console.WriteLine("making the payload");
            await PublishAsync(work, full, cancellationToken);
        }

        if (options.IsQuarter)
        {
            folder = Path.Combine(work, "quarter");
            CopyQuarter(full, folder);
        }

        PayloadProject project = new(work) { Payload = await Payload.ReadAsync(folder, cancellationToken) };
        await File.WriteAllLinesAsync(project.FileList, project.Payload.Files.Select(file => file.Path), cancellationToken);
        if (options.Systems.Contains("murder") && !(options.KeepsPackage && Directory.Exists(project.Package)))
        {
            await project.PackAsync(options.Source, cancellationToken);
        }

        return project;
    }

    /// <summary>dotnet, as it is run for a project of somebody else: this process's own MSBuild and settings are none of its business.</summary>
    public static void Quieten(ProcessStartInfo start)
    {
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        foreach (string variable in (string[])["MSBUILD_EXE_PATH", "MSBuildSDKsPath", "MSBuildExtensionsPath", "HOSTS", "CI"])
        {
            start.Environment.Remove(variable);
        }
    }

    private static async Task PublishAsync(string work, string full, CancellationToken cancellationToken)
    {
        string folder = Path.Combine(work, Name);
        Directory.CreateDirectory(work);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        await DotnetAsync(["new", "webapi", "-o", folder], work, cancellationToken);
        // Each ends the search upwards: the service is somebody else's and knows nothing of this repository.
        await File.WriteAllTextAsync(Path.Combine(folder, "Directory.Packages.props"), "<Project />\n", cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "Directory.Build.props"),
            """
            <Project>
              <Import Project="$(BenchPackage)/build/Murder.Build.props" Condition="'$(BenchPackage)' != ''" />
            </Project>

            """, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "Directory.Build.targets"),
            """
            <Project>
              <Import Project="$(BenchPackage)/build/Murder.Build.targets" Condition="'$(BenchPackage)' != ''" />

              <!-- A release that is a part of the publish output. -->
              <Target Name="BeforeMurderDeploy" Condition="'$(BenchFiles)' != ''">
                <ReadLinesFromFile File="$(BenchFiles)">
                  <Output TaskParameter="Lines" ItemName="_WantedName" />
                </ReadLinesFromFile>
                <ItemGroup>
                  <_Wanted Include="@(_WantedName->'$(PublishDir)%(Identity)')" />
                  <_Unwanted Include="$(PublishDir)**" Exclude="@(_Wanted)" />
                </ItemGroup>
                <Delete Files="@(_Unwanted)" />
              </Target>
            </Project>

            """, cancellationToken);
        string unfinished = full + ".new";
        await DotnetAsync(["publish", "-c", "Release", "-r", "linux-x64", "--self-contained", "-o", unfinished], folder, cancellationToken);
        Directory.Move(unfinished, full);
    }

    /// <summary>Every fourth file by size: the shape of the whole in a quarter of the bytes.</summary>
    private static void CopyQuarter(string full, string quarter)
    {
        if (Directory.Exists(quarter))
        {
            return;
        }

        FileInfo[] files = [.. new DirectoryInfo(full).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(file => file.Length).ThenBy(file => file.FullName, StringComparer.Ordinal)];
        for (int at = 0; at < files.Length; at += 4)
        {
            string target = Path.Combine(quarter, Path.GetRelativePath(full, files[at].FullName));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            files[at].CopyTo(target);
        }
    }

    private async Task PackAsync(string source, CancellationToken cancellationToken)
    {
        Console.WriteLine("packing Murder.Build: its agent is linked ahead of time, which takes minutes");
        string feed = Path.Combine(_work, "feed");
        await DotnetAsync(["pack", "src/Murder.Build.Tasks", "-c", "Release", "-o", feed, "-p:PackageVersion=0.0.0-bench"], source, cancellationToken);
        if (Directory.Exists(Package))
        {
            Directory.Delete(Package, recursive: true);
        }

        await ZipFile.ExtractToDirectoryAsync(Path.Combine(feed, "Murder.Build.0.0.0-bench.nupkg"), Package, cancellationToken);
    }

    private static async Task DotnetAsync(IEnumerable<string> arguments, string folder, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new("dotnet", arguments) { WorkingDirectory = folder };
        Quieten(start);
        await Command.RunAsync(start, cancellationToken);
    }
}
