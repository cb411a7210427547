using System.Collections;
using Microsoft.Build.Framework;

namespace Murder.Build.Tasks.Tests;

/// <summary>Keeps what a task logs.</summary>
internal sealed class RecordingBuildEngine : IBuildEngine
{
    private readonly Lock _lock = new();
    private readonly List<BuildEventArgs> _events = [];

    public IReadOnlyList<BuildErrorEventArgs> Errors => Of<BuildErrorEventArgs>();

    public IReadOnlyList<BuildWarningEventArgs> Warnings => Of<BuildWarningEventArgs>();

    public IReadOnlyList<string> HighMessages => Messages(MessageImportance.High);

    public bool ContinueOnError => false;

    public int LineNumberOfTaskNode => 0;

    public int ColumnNumberOfTaskNode => 0;

    public string ProjectFileOfTaskNode => "Murder.Build.targets";

    public IReadOnlyList<string> Messages(MessageImportance importance) =>
        [.. Of<BuildMessageEventArgs>().Where(message => message.Importance == importance).Select(message => message.Message ?? "")];

    public void LogErrorEvent(BuildErrorEventArgs e) => Add(e);

    public void LogWarningEvent(BuildWarningEventArgs e) => Add(e);

    public void LogMessageEvent(BuildMessageEventArgs e) => Add(e);

    public void LogCustomEvent(CustomBuildEventArgs e) => Add(e);

    public bool BuildProjectFile(string projectFileName, string[] targetNames, IDictionary globalProperties, IDictionary targetOutputs) =>
        throw new NotSupportedException("our tasks build no projects");

    private void Add(BuildEventArgs e)
    {
        lock (_lock)
        {
            _events.Add(e);
        }
    }

    private T[] Of<T>()
    {
        lock (_lock)
        {
            return [.. _events.OfType<T>()];
        }
    }
}
