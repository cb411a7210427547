namespace Murder.PeerHost;

/// <summary>
/// The releases of a root that were active and have not been taken back, as the audit log tells it. A release counts from the switch on,
/// whatever the steps after it came to; a rollback says that it should not have been.
/// </summary>
internal sealed class ActivationHistory
{
    private readonly List<string> _releases = []; // oldest first
    private AuditEntry? _begun; // the last switch, while no word of its end has come: the agent may have died before it or after

    public IEnumerable<string> NewestFirst => Enumerable.Reverse(_releases);

    /// <summary>The release whose activation came to its end, every step of it, and was not touched since; null when that of the last one did not.</summary>
    public string? Settled { get; private set; }

    /// <summary><see cref="StepsDigest"/> of what was done to it; null when the log does not tell, or nothing is settled.</summary>
    public string? SettledSteps { get; private set; }

    /// <summary>The log knows that the release was switched to, and not that the steps of that were all done.</summary>
    public bool IsUnfinished(string? current) => current is not null && _releases.LastOrDefault() == current && Settled != current;

    /// <param name="entry">the one that was written next</param>
    public void Add(AuditEntry entry)
    {
        if (entry.Verb is not (AuditEntry.Activate or AuditEntry.Rollback))
        {
            return;
        }

        // What was active when the next one began tells whether the one before it had come about; its own end says the same as its beginning.
        Decide(begun => entry.Previous != begun.Previous);
        if (entry.Result == AuditEntry.Switching)
        {
            _begun = entry;
        }
        else
        {
            Apply(entry, isSwitch: entry.Result is AuditEntry.Switched or AuditEntry.Ok);
        }
    }

    /// <summary>There is no further entry.</summary>
    /// <param name="current">the active release</param>
    public void End(string? current) => Decide(begun => current == begun.Release);

    private void Decide(Func<AuditEntry, bool> hasHappened)
    {
        if (_begun is { } begun && hasHappened(begun))
        {
            Apply(begun, isSwitch: true);
        }

        _begun = null;
    }

    private void Apply(AuditEntry entry, bool isSwitch)
    {
        if (isSwitch || entry.Release == Settled) // another's failure came before its switch
        {
            Settled = entry.Result == AuditEntry.Ok ? entry.Release : null;
            SettledSteps = entry.Result == AuditEntry.Ok ? entry.Steps : null;
        }

        if (!isSwitch)
        {
            return;
        }

        if (entry.Verb == AuditEntry.Rollback)
        {
            TakeBack(entry);
        }
        else if (_releases.LastOrDefault() != entry.Release) // else its steps were done again
        {
            Put(entry.Previous); // unless it is there: the log may begin here, or somebody have made the link by hand
            Put(entry.Release);
        }
    }

    private void Put(string? release)
    {
        if (release is not null && _releases.LastOrDefault() != release)
        {
            _releases.Add(release);
        }
    }

    private void TakeBack(AuditEntry entry)
    {
        int target = _releases.FindLastIndex(release => release == entry.Release);
        if (target >= 0)
        {
            _releases.RemoveRange(target + 1, _releases.Count - target - 1);
            return;
        }

        if (_releases.Count > 0 && _releases[^1] == entry.Previous)
        {
            _releases.RemoveAt(_releases.Count - 1);
        }

        Put(entry.Release);
    }
}
