using Microsoft.Build.Framework;
using Murder.Deploy;
using Task = System.Threading.Tasks.Task;

namespace Murder.Build.Tasks.Tests;

/// <summary>What all verbs do around their one call.</summary>
public sealed class DeploymentTaskTests
{
    private readonly RecordingBuildEngine _engine = new();

    [Fact]
    public void A_verb_that_logs_no_error_succeeds()
    {
        using TestVerb task = Verb((log, _) =>
        {
            log.Milestone("done");
            return Task.FromResult(true);
        });

        Assert.True(task.Execute());
        Assert.Equal(["murder: done"], _engine.HighMessages);
    }

    [Fact]
    public void A_verb_that_logs_an_error_fails()
    {
        using TestVerb task = Verb((log, _) =>
        {
            log.Report(new Problem("MURDER0201", "web1 is away.", "Mend it."));
            return Task.FromResult(false);
        });

        Assert.False(task.Execute());
    }

    [Fact]
    public void A_verb_never_fails_without_an_error()
    {
        using TestVerb task = Verb((_, _) => Task.FromResult(false));

        Assert.False(task.Execute());
        Assert.Equal("MURDER0999", Assert.Single(_engine.Errors).Code);
    }

    [Fact]
    public void A_wrong_request_is_answered_with_everything_that_is_wrong_with_it()
    {
        using TestVerb task = Verb((_, _) => throw new DeploymentException([new Problem("MURDER0101", "A.", "a"), new Problem("MURDER1102", "B.", "b"), new Problem("MURDER0103", "C.", "c")]));

        Assert.False(task.Execute());
        Assert.Equal(["MURDER0101", "MURDER0103"], _engine.Errors.Select(error => error.Code));
        Assert.Equal(["MURDER1102"], _engine.Warnings.Select(warning => warning.Code));
    }

    [Fact]
    public void Our_own_bug_is_called_one_and_its_text_kept_for_the_authors()
    {
        using TestVerb task = Verb((_, _) => throw new InvalidOperationException("slot {3} is taken"));

        Assert.False(task.Execute());
        BuildErrorEventArgs error = Assert.Single(_engine.Errors);
        Assert.Equal("MURDER0999", error.Code);
        Assert.Contains("bug in Murder.Build: InvalidOperationException: slot {3} is taken", error.Message, StringComparison.Ordinal);
        Assert.Contains(_engine.Messages(MessageImportance.Low), text => text.Contains(nameof(Our_own_bug_is_called_one_and_its_text_kept_for_the_authors), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cancel_ends_the_verb_after_it_has_cleaned_up()
    {
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool cleanedUp = false;
        using TestVerb task = Verb(async (_, cancellationToken) =>
        {
            started.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                cleanedUp = true;
            }

            return true;
        });

        Task<bool> execution = Task.Run(task.Execute);
        await started.Task;
        task.Cancel();

        Assert.False(await execution);
        Assert.True(cleanedUp);
        Assert.Empty(_engine.Errors);
        Assert.Equal(["murder: cancelled"], _engine.HighMessages);
    }

    [Fact]
    public void A_cancellation_that_nobody_asked_for_is_a_bug()
    {
        using TestVerb task = Verb((_, _) => throw new OperationCanceledException());

        Assert.False(task.Execute());
        Assert.Equal("MURDER0999", Assert.Single(_engine.Errors).Code);
    }

    [Theory]
    [InlineData(typeof(CheckRequest))]
    [InlineData(typeof(DeployRelease))]
    [InlineData(typeof(ActivateRelease))]
    [InlineData(typeof(ShowStatus))]
    [InlineData(typeof(PruneReleases))]
    [InlineData(typeof(PlanRelease))]
    [InlineData(typeof(CreateTorrent))]
    public void Every_verb_may_run_in_the_process_of_a_multithreaded_build(Type verb) =>
        Assert.Contains(verb.CustomAttributes, attribute => attribute.AttributeType.FullName == "Microsoft.Build.Framework.MSBuildMultiThreadableTaskAttribute");

    private TestVerb Verb(Func<MSBuildLog, CancellationToken, Task<bool>> run) => new(run) { BuildEngine = _engine };

    private sealed class TestVerb(Func<MSBuildLog, CancellationToken, Task<bool>> run) : DeploymentTask
    {
        internal override Task<bool> RunAsync(DeploymentSettings settings, MSBuildLog log, CancellationToken cancellationToken) => run(log, cancellationToken);
    }
}
