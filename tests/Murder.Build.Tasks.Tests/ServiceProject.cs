using System.Text;
using Microsoft.Build.Evaluation;
using Microsoft.Build.Execution;
using Microsoft.Build.Framework;
using Murder.Testing;

namespace Murder.Build.Tasks.Tests;

/// <summary>A project of a service that has our props and targets, evaluated and built in this process as an IDE would. Never restored: nothing here compiles.</summary>
internal sealed class ServiceProject : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly ProjectCollection _projects = new();
    private readonly string _projectFile;

    /// <param name="body">the project's own elements</param>
    /// <param name="sdk">the project's SDK</param>
    /// <param name="replacements">targets to run instead of those of the SDK and of ours</param>
    public ServiceProject(string body = "", string sdk = "Microsoft.NET.Sdk", string replacements = "")
    {
        Write("Directory.Build.props", $"""<Project><PropertyGroup><MurderTasksAssembly>{typeof(CheckRequest).Assembly.Location}</MurderTasksAssembly></PropertyGroup><Import Project="{Repository.Combine("build", "Murder.Build.props")}" /></Project>""");
        Write("Directory.Build.targets", $"""<Project><Import Project="{Repository.Combine("build", "Murder.Build.targets")}" /></Project>""");
        Write("murder.hosts.ini", "[prod]\nweb1\n[eu]\nweb2\n");
        _projectFile = Write("shop.csproj", $"""<Project><Import Project="Sdk.props" Sdk="{sdk}" /><PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType></PropertyGroup>{body}<Import Project="Sdk.targets" Sdk="{sdk}" />{replacements}</Project>""");
    }

    public string Directory => _directory.Path;

    public string Write(string path, string text) => _directory.Write(path, Encoding.UTF8.GetBytes(text));

    /// <summary>The project before any target has run.</summary>
    public ProjectInstance Evaluate(params (string Name, string Value)[] properties) =>
        new(_projectFile, properties.Prepend(("Configuration", "Release")).GroupBy(p => p.Item1).ToDictionary(group => group.Key, group => group.Last().Item2), null, _projects);

    /// <summary>Builds one target; the project afterwards has the properties that targets have set.</summary>
    public (ProjectInstance Project, RecordingLogger Log, bool Succeeded) Build(string target, params (string Name, string Value)[] properties) => Build([target], properties);

    /// <summary>Builds several targets, one after the other.</summary>
    public (ProjectInstance Project, RecordingLogger Log, bool Succeeded) Build(string[] targets, params (string Name, string Value)[] properties)
    {
        ProjectInstance project = Evaluate(properties);
        RecordingLogger log = new();
        bool succeeded = project.Build(targets, [log]);
        return (project, log, succeeded);
    }

    public void Dispose()
    {
        _projects.Dispose();
        _directory.Dispose();
    }

    /// <summary>Which targets ran, and what went wrong.</summary>
    internal sealed class RecordingLogger : ILogger
    {
        public LoggerVerbosity Verbosity { get; set; } = LoggerVerbosity.Detailed;

        public string? Parameters { get; set; }

        public List<string> Targets { get; } = [];

        public List<string> Codes { get; } = [];

        public List<string> Texts { get; } = [];

        public void Initialize(IEventSource eventSource)
        {
            eventSource.TargetStarted += (_, e) => Targets.Add(e.TargetName);
            eventSource.ErrorRaised += (_, e) => Add(e.Code, e.Message);
            eventSource.WarningRaised += (_, e) => Add(e.Code, e.Message);
        }

        public void Shutdown()
        {
        }

        private void Add(string? code, string? text)
        {
            Codes.Add(code ?? "");
            Texts.Add(text ?? "");
        }
    }
}
