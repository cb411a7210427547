namespace Murder.Build.Tasks;

/// <summary>
/// One line at the bottom of a terminal that is rewritten in place while MSBuild's terminal logger draws above it. The logger never notices as
/// long as the text is written at once, without a line break and shorter than the terminal is wide. Thread-safe; gone when disposed.
/// </summary>
internal sealed class StatusLine(TextWriter terminal, Func<int> width, TimeProvider time) : IDisposable
{
    private const string Erase = "\r\e[2K";
    private const int WidthWhenUnknown = 80;

    /// <summary>10 Hz: faster than anyone reads, slow enough to cost nothing.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private long? _lastShown;
    private bool _disposed;

    public static StatusLine OnConsole(TimeProvider time) => new(Console.Out, ConsoleWidth, time);

    public void Show(string text)
    {
        lock (_lock)
        {
            if (_disposed || (_lastShown is { } last && time.GetElapsedTime(last) < Interval))
            {
                return;
            }

            _lastShown = time.GetTimestamp();
            Write(Erase + Fit("  murder " + text, width() - 1));
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (!_disposed && _lastShown is not null)
            {
                Write(Erase);
            }

            _disposed = true;
        }
    }

    private static string Fit(string text, int columns)
    {
        string clean = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return clean.Length <= columns ? clean : clean[..Math.Max(columns, 0)];
    }

    private void Write(string text)
    {
        try
        {
            terminal.Write(text);
            terminal.Flush();
        }
        catch (IOException)
        {
            // Expected when the terminal goes away (SIGHUP): the deploy must clean up all the same.
            _disposed = true;
        }
    }

    private static int ConsoleWidth()
    {
        try
        {
            return Console.WindowWidth is > 0 and int columns ? columns : WidthWhenUnknown;
        }
        catch (IOException)
        {
            // Expected when the output is forced onto something that is no terminal (MurderProgress=line).
            return WidthWhenUnknown;
        }
    }
}
