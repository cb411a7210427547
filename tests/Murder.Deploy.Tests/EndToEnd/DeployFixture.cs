using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>A project folder with a publish output, an agent to send, and a place for local hosts: what a deploy starts from.</summary>
internal sealed partial class DeployFixture : IDisposable, IDeploymentLog
{
    private readonly List<string> _log = [];

    public DeployFixture(int largeFileBytes = 3_000_000)
    {
        PublishDirectory = SamplePublishOutput.Make(Directory, largeFileBytes: largeFileBytes);
        System.IO.Directory.CreateDirectory(Directory.Combine("agents"));

        // The framework-dependent agent lies beside the tests, whose project references it.
        File.CreateSymbolicLink(Directory.Combine("agents", "any"), AppContext.BaseDirectory);
        Settings = new DeploymentSettings
        {
            ProjectDirectory = Directory.Path,
            Application = "web",
            Version = "1.2.3",
            PublishDirectory = PublishDirectory,
            Hosts = "local:3",
            AgentDirectory = Directory.Combine("agents"),
            StateDirectory = Directory.Combine("state"),
            ReportDirectory = Directory.Combine("report"),
        };
    }

    public TestDirectory Directory { get; } = new();

    public string PublishDirectory { get; }

    public DeploymentSettings Settings { get; set; }

    public List<Problem> Problems { get; } = [];

    public IReadOnlyList<string> Log
    {
        get
        {
            lock (_log)
            {
                return [.. _log];
            }
        }
    }

    /// <summary>Process id of the seeder, which the log tells; null while it does not.</summary>
    public int? SeederProcess => Log.Select(line => SeederLine().Match(line)).LastOrDefault(match => match.Success) is { } told
        ? int.Parse(told.Groups[1].Value, CultureInfo.InvariantCulture)
        : null;

    public string LocalRoot(int number) => Directory.Combine("state", "local", $"host{number:00}");

    /// <summary>Process id of a local host's agent, by the lock it holds; null while it holds none. Not read by .NET, which respects the lock.</summary>
    public int? AgentOf(int number)
    {
        string? holder = Command.TryRun("cat", new ReleaseLayout(LocalRoot(number)).Lock);
        return string.IsNullOrEmpty(holder) ? null : JsonDocument.Parse(holder).RootElement.GetProperty("processId").GetInt32();
    }

    /// <summary>Puts an agent into the package that is sent to hosts: a script that runs the framework-dependent one.</summary>
    /// <param name="extraBytes">of what does not compress, to make it as large as a real one</param>
    public void PackAgent(int extraBytes = 0)
    {
        string dotnet = Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", "..", "dotnet");
        string script = $"#!/bin/sh\nexec '{Path.GetFullPath(dotnet)}' '{Path.Combine(AppContext.BaseDirectory, "murder-peer.dll")}' \"$@\"\n# {Convert.ToBase64String(RandomNumberGenerator.GetBytes(extraBytes))}\n";
        PackedAgent.Write(Directory.Combine("agents", "linux-x64"), Encoding.UTF8.GetBytes(script));
    }

    /// <summary>A host behind this sshd, whose root is <see cref="RootOver"/>.</summary>
    public HostItem HostOver(LoopbackSshd sshd, string name) => new(name)
    {
        Address = sshd.Address,
        Port = sshd.Port.ToString(CultureInfo.InvariantCulture),
        User = sshd.User,
        IdentityFile = sshd.ClientKeyPath,
        Root = RootOver(name),
    };

    public string RootOver(string name) => Directory.Combine($"root-{name}");

    public void Milestone(string line) => Add(line);

    public void Detail(string line) => Add("  " + line);

    public void Order(string line) => Add(line);

    public void Progress(string line)
    {
    }

    public void Report(Problem problem)
    {
        lock (_log)
        {
            Problems.Add(problem);
        }

        Add(problem.ToString());
    }

    public void Dispose() => Directory.Dispose();

    [GeneratedRegex(@"the seeder, process (\d+),")]
    private static partial Regex SeederLine();

    private void Add(string line)
    {
        lock (_log)
        {
            _log.Add(line);
        }
    }
}
