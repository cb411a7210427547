namespace Murder.PeerHost;

/// <summary>
/// The releases of a root that were active and have not been taken back, as the audit log tells it. A release counts from the switch on,
/// whatever the steps after it came to; a rollback says that it should not have been.
/// </summary>
internal sealed class ActivationHistory
{
    private readonly List<string> _releases = []; // oldest first

    public IEnumerable<string> NewestFirst => Enumerable.Reverse(_releases);

    /// <param name="entry">the one that was written next</param>
    public void Add(AuditEntry entry)
    {
        switch (entry)
        {
            case { Verb: AuditEntry.Activate, Result: AuditEntry.Ok } when _releases.LastOrDefault() != entry.Release: // else its steps were done again
                Put(entry.Previous); // unless it is there: the log may begin here, or somebody have made the link by hand
                Put(entry.Release);
                break;
            case { Verb: AuditEntry.Rollback, Result: AuditEntry.Ok }:
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
