using System.Text.RegularExpressions;

namespace Murder.Deploy.Tests;

/// <summary>What a process has told so far, and whoever waits for a line of it.</summary>
internal sealed class ToldLines
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly List<(Regex Line, TaskCompletionSource Heard)> _waiting = [];

    /// <param name="line">null for the end: then nobody waits any longer</param>
    public void Add(string? line)
    {
        lock (_lock)
        {
            if (line is null)
            {
                _waiting.ForEach(each => each.Heard.TrySetException(new InvalidOperationException($"it ended without '{each.Line}':\n{this}")));
                return;
            }

            _lines.Add(line);
            foreach ((_, TaskCompletionSource heard) in _waiting.Where(each => each.Line.IsMatch(line)))
            {
                heard.TrySetResult();
            }
        }
    }

    public Task UntilAsync(string line)
    {
        Regex wanted = new(line);
        TaskCompletionSource heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add((wanted, heard));
            if (_lines.Any(wanted.IsMatch))
            {
                heard.TrySetResult();
            }
        }

        return heard.Task.WaitAsync(TimeSpan.FromMinutes(2));
    }

    public override string ToString()
    {
        lock (_lock)
        {
            return string.Join('\n', _lines);
        }
    }
}
