namespace Murder.PeerHost.Tests;

/// <summary>Each step is RELEASE for an activation, or RELEASE&lt;BAD for a rollback; "-" is no release, and "!" a failure.</summary>
public sealed class ActivationHistoryTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("A", "A")]
    [InlineData("A B C", "C B A")]
    [InlineData("A B!", "A")]
    [InlineData("A A B", "B A")]
    [InlineData("A B A", "A B A")]
    [InlineData("A B C B<C", "B A")]
    [InlineData("A B C B<C B<C", "B A")]
    [InlineData("A B C B<C A<B", "A")]
    [InlineData("A B C A<C", "A")]
    [InlineData("A B C B<C D", "D B A")]
    [InlineData("A B C B<C!", "C B A")]
    [InlineData("A -<A", "")]
    [InlineData("A -<A B", "B")]
    [InlineData("A B X<B", "X A")]
    [InlineData("X<B", "X")]
    public void WhatWasActiveAndNotTakenBackIsRemembered(string steps, string newestFirst)
    {
        ActivationHistory history = new();
        string? current = null;
        foreach (string step in steps.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] names = step.TrimEnd('!').Split('<');
            string? release = names[0] == "-" ? null : names[0];
            string result = step.EndsWith('!') ? "it failed" : AuditEntry.Ok;
            history.Add(names.Length == 1
                ? new AuditEntry(default, AuditEntry.Activate, release, current, "", result)
                : new AuditEntry(default, AuditEntry.Rollback, release, names[1], "", result));
            current = result == AuditEntry.Ok ? release : current;
        }

        Assert.Equal(newestFirst, string.Join(' ', history.NewestFirst));
    }

    /// <summary>Steps as above, then one that was begun and perhaps done when the agent died, and what was active then or is done next, whose word it is.</summary>
    [Theory]
    [InlineData("A B", "C", "C", "C B A")]
    [InlineData("A B", "C", "B", "B A")]
    [InlineData("A B C", "B<C", "B", "B A")]
    [InlineData("A B C", "B<C", "C", "C B A")]
    [InlineData("A", "-<A", "-", "")]
    [InlineData("A", "-<A", "A", "A")]
    [InlineData("A B C", "B<C", "B D", "D B A")] // a further activation found B
    [InlineData("A B C", "B<C", "C D", "D C B A")]
    [InlineData("A B C", "B<C", "B B<A!", "B A")] // the way back was done again, and its steps failed: before B had been A
    public void ASwitchOfWhichOnlyTheBeginningIsWrittenDownIsJudgedByWhatWasActiveThen(string steps, string begun, string then, string newestFirst)
    {
        ActivationHistory history = new();
        string? current = null;
        foreach (string step in steps.Split(' '))
        {
            history.Add(new AuditEntry(default, AuditEntry.Activate, step, current, "", AuditEntry.Ok));
            current = step;
        }

        history.Add(Entry(begun, current, AuditEntry.Switching));
        string[] next = then.Split(' ');
        current = next[0] == "-" ? null : next[0];
        if (next.Length > 1)
        {
            history.Add(Entry(next[1].TrimEnd('!'), current, next[1].EndsWith('!') ? "it failed" : AuditEntry.Ok));
            current = next[1].EndsWith('!') ? current : next[1];
        }

        history.End(current);

        Assert.Equal(newestFirst, string.Join(' ', history.NewestFirst));

        static AuditEntry Entry(string step, string? previous, string result) => step.Split('<') is [var release, var bad]
            ? new AuditEntry(default, AuditEntry.Rollback, release == "-" ? null : release, bad, "", result)
            : new AuditEntry(default, AuditEntry.Activate, step, previous, "", result);
    }

    [Fact]
    public void WhatWasActiveBeforeTheLogBeginsIsRemembered()
    {
        ActivationHistory history = new();

        history.Add(new AuditEntry(default, AuditEntry.Activate, "C", "B", "", AuditEntry.Ok));

        Assert.Equal(["C", "B"], history.NewestFirst);
    }

    /// <summary>The first release was taken back to nothing, and then somebody named it to go back to.</summary>
    [Fact]
    public void AWayBackFromNothingIsRemembered()
    {
        ActivationHistory history = new();

        history.Add(new AuditEntry(default, AuditEntry.Rollback, "A", null, "", AuditEntry.Ok));

        Assert.Equal(["A"], history.NewestFirst);
    }

    /// <summary>Steps as above; "~" after a release: switched, and no word of the steps that follow.</summary>
    [Theory]
    [InlineData("", null)]
    [InlineData("A", "A")]
    [InlineData("A~", null)]
    [InlineData("A~ A", "A")]
    [InlineData("A~ A!", null)]
    [InlineData("A B!", "A")] // it failed before the switch
    [InlineData("A B~", null)]
    [InlineData("A A!", null)] // done again, and not to the end
    [InlineData("A B A<B", "A")]
    [InlineData("A -<A", null)]
    public void AReleaseIsSettledWhenEveryStepOfItsActivationWasDone(string steps, string? settled)
    {
        ActivationHistory history = new();
        foreach (string step in steps.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] names = step.TrimEnd('!', '~').Split('<');
            string result = step[^1] switch { '!' => "it failed", '~' => AuditEntry.Switched, _ => AuditEntry.Ok };
            history.Add(new AuditEntry(default, names.Length == 1 ? AuditEntry.Activate : AuditEntry.Rollback, names[0] == "-" ? null : names[0], names.ElementAtOrDefault(1), "", result));
        }

        Assert.Equal(settled, history.Settled);
        string? last = history.NewestFirst.FirstOrDefault();
        Assert.Equal(last is not null && last != settled, history.IsUnfinished(last));
        Assert.False(history.IsUnfinished("made by hand"));
    }

    /// <summary>As an activation writes it when <c>current</c> points to the release already.</summary>
    [Fact]
    public void StepsThatAreDoneAgainAreNoFurtherActivation()
    {
        ActivationHistory history = new();
        history.Add(new AuditEntry(default, AuditEntry.Activate, "B", "A", "", AuditEntry.Ok));

        history.Add(new AuditEntry(default, AuditEntry.Activate, "B", "A", "", AuditEntry.Ok));

        Assert.Equal(["B", "A"], history.NewestFirst);
    }
}
