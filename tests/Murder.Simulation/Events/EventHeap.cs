namespace Murder.Simulation;

/// <summary>
/// What will happen to one host: in the order of instants, at one instant what has the lower turn first, and then in the order of being added.
/// A binary heap, for a host has some dozens.
/// </summary>
internal sealed class EventHeap
{
    private SimulationEvent[] _events = new SimulationEvent[32];
    private int _count;
    private long _sequence;

    /// <summary>When the first comes; never when there is none.</summary>
    public long NextTicks => _count == 0 ? long.MaxValue : _events[0].Ticks;

    public void Add(long ticks, EventKind kind, int target, int argument, int turn = 0)
    {
        if (_count == _events.Length)
        {
            Array.Resize(ref _events, 2 * _count);
        }

        SimulationEvent added = new(ticks, turn, _sequence++, kind, target, argument);
        int at = _count++;
        while (at > 0 && added.IsBefore(_events[(at - 1) / 2]))
        {
            _events[at] = _events[(at - 1) / 2];
            at = (at - 1) / 2;
        }

        _events[at] = added;
    }

    /// <summary>Takes the first; there must be one.</summary>
    public SimulationEvent Take()
    {
        SimulationEvent first = _events[0];
        SimulationEvent last = _events[--_count];
        int at = 0;
        for (int child = 1; child < _count; child = (2 * at) + 1)
        {
            if (child + 1 < _count && _events[child + 1].IsBefore(_events[child]))
            {
                child++;
            }

            if (!_events[child].IsBefore(last))
            {
                break;
            }

            _events[at] = _events[child];
            at = child;
        }

        _events[at] = last;
        return first;
    }
}
