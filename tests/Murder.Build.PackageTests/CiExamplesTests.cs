using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Murder.Testing;

namespace Murder.Build.PackageTests;

/// <summary>The examples for CI services: read by a real YAML parser, and their shell steps run, with the keys of a real sshd, in a home of their own.</summary>
[Collection(PackageFixture.Name)]
public sealed class CiExamplesTests
{
    private static readonly string Examples = Repository.Combine("samples", "WebAppWithMurder", "ci");

    private static readonly string Publish = Repository.Combine("samples", "WebAppWithMurder", "bin", "Release", "net10.0", "publish");

    [Fact]
    public void GitHub_Actions_deploys_over_SSH_and_keeps_keys_to_itself()
    {
        using CiJob job = new();
        JsonElement workflow = Parse("github-actions.yml");
        JsonElement[] steps = [.. workflow.GetProperty("jobs").GetProperty("deploy").GetProperty("steps").EnumerateArray()];
        string[] runs = [.. steps.Where(step => step.TryGetProperty("run", out _)).Select(step => step.GetProperty("run").GetString()!)];

        Assert.False(workflow.GetProperty("concurrency").GetProperty("cancel-in-progress").GetBoolean());
        Assert.Contains(steps, step => step.TryGetProperty("with", out JsonElement with) && with.TryGetProperty("path", out JsonElement path) && path.GetString() == "samples/WebAppWithMurder/bin/murder/");
        Assert.Equal(3, runs.Length);
        string keys = job.Run("bash -e", runs[0]);
        Assert.Equal("", keys);
        job.AssertIsPrivate(job.Combine("temp", "deploy", "key"));
        string log = job.Run("bash -e", runs[1]);
        job.AssertRuns("build-7");
        Assert.DoesNotContain("PRIVATE KEY", log, StringComparison.Ordinal);
        job.Run("bash -e", runs[2]);
        Assert.False(Path.Exists(job.Combine("temp", "deploy")));
    }

    [Fact]
    public void GitLab_deploys_over_SSH_and_keeps_keys_to_itself()
    {
        using CiJob job = new();
        JsonElement deploy = Parse("gitlab-ci.yml").GetProperty("deploy");
        string[] script = [.. deploy.GetProperty("script").EnumerateArray().Select(line => line.GetString()!)];

        Assert.Equal("production", deploy.GetProperty("resource_group").GetString());
        Assert.False(deploy.GetProperty("interruptible").GetBoolean());
        job.Run("bash -e", string.Join('\n', script[..^1]));
        job.AssertIsPrivate(job.Combine("gitlab.deploy", "key"));
        string log = job.Run("bash -e", script[^1]);
        job.AssertRuns("build-7");
        Assert.DoesNotContain("PRIVATE KEY", log, StringComparison.Ordinal);
        Assert.Contains("testcase", File.ReadAllText(Repository.Combine(deploy.GetProperty("artifacts").GetProperty("reports").GetProperty("junit").GetString()!)), StringComparison.Ordinal);
        job.Run("bash -e", deploy.GetProperty("after_script")[0].GetString()!);
        Assert.False(Path.Exists(job.Combine("gitlab.deploy")));
    }

    [Fact]
    public void The_unit_is_one_that_systemd_reads_without_a_word()
    {
        using TestDirectory directory = new();
        string unit = File.ReadAllText(Path.Combine(Examples, "webapp.service")).Replace("ExecStart=/srv/WebAppWithMurder/current/WebAppWithMurder", "ExecStart=/bin/true", StringComparison.Ordinal);

        Assert.Contains("ExecStart=/bin/true", unit, StringComparison.Ordinal);
        Assert.Equal("", Command.Run("systemd-analyze", "verify", directory.Write("webapp.service", System.Text.Encoding.UTF8.GetBytes(unit))));
    }

    private static JsonElement Parse(string example) =>
        JsonDocument.Parse(Command.Run("python3", "-c", "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)", Path.Combine(Examples, example))).RootElement;

    /// <summary>A job of either service, with the variables that it sets and a host to deploy to.</summary>
    private sealed class CiJob : IDisposable
    {
        private readonly TestDirectory _directory = new();
        private readonly LoopbackSshd _host = LoopbackSshd.Start();

        public CiJob() => Directory.CreateDirectory(Combine("temp"));

        private string Root => Combine("root");

        public string Combine(params string[] parts) => _directory.Combine(parts);

        public string Run(string shell, string script)
        {
            string key = File.ReadAllText(_host.ClientKeyPath);
            string knownHosts = File.ReadAllText(_host.KnownHostsPath);
            bool isFile = script.Contains("install", StringComparison.Ordinal); // GitLab's variables of type File
            Dictionary<string, string?> variables = new()
            {
                ["HOME"] = _directory.Path,
                ["NUGET_PACKAGES"] = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
                ["DEPLOY_KEY"] = isFile ? _host.ClientKeyPath : key.TrimEnd('\n'), // GitHub keeps a secret without its last line break
                ["DEPLOY_KNOWN_HOSTS"] = isFile ? _host.KnownHostsPath : knownHosts,
                ["DEPLOY_HOSTS"] = $"{_host.User}@127.0.0.1:{_host.Port.ToString(CultureInfo.InvariantCulture)}",
                ["DEPLOY_FILES"] = Combine("gitlab.deploy"),
                ["RUNNER_TEMP"] = Combine("temp"),
                ["GITHUB_RUN_NUMBER"] = "7",
                ["CI_PIPELINE_IID"] = "7",
                ["GITLAB_CI"] = "true",
                ["MurderRoot"] = Root,
            };
            foreach ((string name, string? value) in new DotnetCli("ci").Environment)
            {
                variables[name] = value;
            }

            string[] command = [.. shell.Split(' '), "-c", script];
            ProcessStartInfo start = new(command[0], command[1..]) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardError = true };
            foreach ((string name, string? value) in variables)
            {
                start.Environment[name] = value;
            }

            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd() + errors.Result;
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, output);
            return output;
        }

        public void AssertIsPrivate(string path)
        {
            Assert.Equal(File.ReadAllText(_host.ClientKeyPath), File.ReadAllText(path));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(path)!));
        }

        public void AssertRuns(string release) => Assert.Equal(release, HostTree.AssertRuns(Root, Publish));

        public void Dispose()
        {
            _host.Dispose();
            _directory.Dispose();
        }
    }
}
