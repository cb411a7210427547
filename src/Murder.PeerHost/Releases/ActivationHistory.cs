namespace Murder.PeerHost;

/// <summary>
/// The releases of a root that were active and have not been taken back, as the audit log tells it. A release counts from the switch on,
/// whatever the steps after it came to; a rollback says that it should not have been.
/// </summary>
internal sealed class ActivationHistory
{
    private readonly List<string> _releases = []; // oldest first

    public IEnumerable<string> NewestFirst => Enumerable.Reverse(_releases);

    /// <summary>The release whose activation came to its end, every step of it, and was not touched since; null when that of the last one did not.</summary>
    public string? Settled { get; private set; }

    /// <param name="entry">the one that was written next</param>
    public void Add(AuditEntry entry)
    {
        bool isSwitch = entry.Result is AuditEntry.Switched or AuditEntry.Ok;
        if (entry.Verb is AuditEntry.Activate or AuditEntry.Rollback && (isSwitch || entry.Release == Settled)) // another's failure came before its switch
        {
            Settled = entry.Result == AuditEntry.Ok ? entry.Release : null;
        }

        switch (entry.Verb)
        {
            case AuditEntry.Activate when isSwitch && _releases.LastOrDefault() != entry.Release: // else its steps were done again
                Put(entry.Previous); // unless it is there: the log may begin here, or somebody have made the link by hand
                Put(entry.Release);
                break;
            case AuditEntry.Rollback when isSwitch:
                TakeBack(entry);
                break;
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
