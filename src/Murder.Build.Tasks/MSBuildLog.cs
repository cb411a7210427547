using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Murder.Deploy;

namespace Murder.Build.Tasks;

/// <summary>
/// The deploy's words in MSBuild's log. Milestones are messages of high importance, which a pipe, a CI job and a binary log show; the terminal
/// logger shows none, so there the progress is a line of our own. Words of hosts come with everything that is said, so all but an order goes through
/// <see cref="LoggingCommands.Disarm"/> here, where nothing gets past. Thread-safe.
/// </summary>
internal sealed class MSBuildLog : IDeploymentLog, IDisposable
{
    /// <summary>Between two lines of progress in a log that keeps every line.</summary>
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly TaskLoggingHelper _log;
    private readonly string _projectFile;
    private readonly ProgressStyle _style;
    private readonly TimeProvider _time;
    private readonly StatusLine? _line;
    private long _lastPlain;

    public MSBuildLog(TaskLoggingHelper log, string projectFile, ProgressStyle style)
        : this(log, projectFile, style, TimeProvider.System, StatusLine.OnConsole)
    {
    }

    internal MSBuildLog(TaskLoggingHelper log, string projectFile, ProgressStyle style, TimeProvider time, Func<TimeProvider, StatusLine> makeLine)
    {
        _log = log;
        _projectFile = projectFile;
        _style = style;
        _time = time;
        _line = style == ProgressStyle.Line ? makeLine(time) : null;
        _lastPlain = time.GetTimestamp();
    }

    public void Milestone(string line) => Say("murder: " + line);

    public void Detail(string line) => _log.LogMessage(MessageImportance.Low, "{0}", LoggingCommands.Disarm(line));

    public void Order(string line) => Write(line);

    public void Progress(string line)
    {
        _line?.Show(line);
        if (_style == ProgressStyle.Plain && IsDue())
        {
            Say("murder: " + line);
        }
    }

    public void Report(Problem problem)
    {
        string text = LoggingCommands.Disarm($"{problem.Text} {problem.Remedy}".TrimEnd());
        if (problem.IsWarning)
        {
            _log.LogWarning(null, problem.Code, null, null, _projectFile, 0, 0, 0, 0, "{0}", text);
        }
        else
        {
            _log.LogError(null, problem.Code, null, null, _projectFile, 0, 0, 0, 0, "{0}", text);
        }
    }

    public void Report(IEnumerable<Problem> problems)
    {
        foreach (Problem problem in problems)
        {
            Report(problem);
        }
    }

    /// <summary>
    /// What came of it. In the form <c>project -> text</c> the terminal logger takes the last such message into the project's final line.
    /// </summary>
    public void Outcome(string text) => Say($"{Path.GetFileNameWithoutExtension(_projectFile)} -> {text}");

    public void Dispose() => _line?.Dispose();

    private void Say(string text) => Write(LoggingCommands.Disarm(text));

    // "{0}": host names and paths may hold braces.
    private void Write(string line) => _log.LogMessage(MessageImportance.High, "{0}", line);

    private bool IsDue()
    {
        lock (_lock)
        {
            bool due = _time.GetElapsedTime(_lastPlain) >= PlainInterval;
            if (due)
            {
                _lastPlain = _time.GetTimestamp();
            }

            return due;
        }
    }
}
