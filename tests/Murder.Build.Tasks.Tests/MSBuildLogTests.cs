using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Murder.Deploy;

namespace Murder.Build.Tasks.Tests;

public sealed class MSBuildLogTests : IDisposable
{
    private const string Erase = "\r\e[2K";
    private readonly RecordingBuildEngine _engine = new();
    private readonly ManualTime _time = new();
    private readonly StringWriter _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public void Milestones_are_for_everybody_and_details_for_who_asks()
    {
        using MSBuildLog log = Log(ProgressStyle.Plain);

        log.Milestone("48 hosts in {prod}");
        log.Detail("web1: connected");

        Assert.Equal(["murder: 48 hosts in {prod}"], _engine.HighMessages);
        Assert.Equal(["web1: connected"], _engine.Messages(MessageImportance.Low));
    }

    [Fact]
    public void A_problem_has_its_code_and_stands_at_the_project()
    {
        using MSBuildLog log = Log(ProgressStyle.Plain);

        log.Report(new Problem("MURDER0107", "Group {web} has no hosts.", "Add one."));
        log.Report(new Problem("MURDER1007", "An odd line.", ""));

        BuildErrorEventArgs error = Assert.Single(_engine.Errors);
        Assert.Equal(("MURDER0107", "Group {web} has no hosts. Add one.", "/work/shop.csproj"), (error.Code, error.Message, error.File));
        BuildWarningEventArgs warning = Assert.Single(_engine.Warnings);
        Assert.Equal(("MURDER1007", "An odd line."), (warning.Code, warning.Message));
    }

    [Fact]
    public void A_log_that_keeps_every_line_gets_progress_every_five_seconds()
    {
        using MSBuildLog log = Log(ProgressStyle.Plain);

        for (int second = 1; second <= 12; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            log.Progress($"fetch {second}");
        }

        Assert.Equal(["murder: fetch 5", "murder: fetch 10"], _engine.HighMessages);
        Assert.Equal("", _terminal.ToString());
    }

    [Fact]
    public void A_terminal_gets_one_line_that_is_rewritten_and_taken_away_at_the_end()
    {
        using (MSBuildLog log = Log(ProgressStyle.Line))
        {
            log.Progress("fetch 1 %");
            log.Progress("fetch 2 %");
            _time.Advance(TimeSpan.FromMilliseconds(100));
            log.Progress("fetch 3 % of a line that\nis too long");
        }

        Assert.Equal($"{Erase}  murder fetch 1 %{Erase}  murder fetch 3 % of a line {Erase}", _terminal.ToString());
        Assert.Empty(_engine.HighMessages);
    }

    [Fact]
    public void Progress_can_be_turned_off()
    {
        using MSBuildLog log = Log(ProgressStyle.None);

        _time.Advance(TimeSpan.FromSeconds(60));
        log.Progress("fetch");

        Assert.Empty(_engine.HighMessages);
        Assert.Equal("", _terminal.ToString());
    }

    [Fact]
    public void The_outcome_has_the_form_that_the_terminal_logger_shows_in_its_last_line()
    {
        using MSBuildLog log = Log(ProgressStyle.Line);

        log.Outcome("release 1 active on 3 hosts");

        Assert.Equal(["shop -> release 1 active on 3 hosts"], _engine.HighMessages);
    }

    [Fact]
    public void Only_an_order_of_ours_reaches_a_CI_service()
    {
        const string Said = "##vso[task.complete]";
        using MSBuildLog log = Log(ProgressStyle.Plain);

        log.Milestone(Said);
        log.Detail(Said);
        log.Report(new Problem("MURDER0504", Said, Said));
        log.Report(new Problem("MURDER1007", Said, Said));
        log.Outcome(Said);
        _time.Advance(TimeSpan.FromSeconds(6));
        log.Progress(Said);
        log.Order("##vso[task.uploadsummary]/summary.md");

        string[] lines = [.. _engine.HighMessages, .. _engine.Messages(MessageImportance.Low), .. _engine.Errors.Select(error => error.Message!), .. _engine.Warnings.Select(warning => warning.Message!)];
        Assert.Equal(7, lines.Length);
        Assert.Equal(["##vso[task.uploadsummary]/summary.md"], lines.Where(line => line.Contains("##", StringComparison.Ordinal)));
    }

    private MSBuildLog Log(ProgressStyle style) =>
        new(new TaskLoggingHelper(_engine, nameof(DeployRelease)), "/work/shop.csproj", style, _time, time => new StatusLine(_terminal, () => 30, time));
}
