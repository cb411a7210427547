namespace Murder.Simulation;

/// <summary>A binary heap of events.</summary>
internal sealed class EventHeap
{
    private SimulationEvent[] _events = new SimulationEvent[256];

    public int Count { get; private set; }

    public ref readonly SimulationEvent First => ref _events[0];

    public void Add(in SimulationEvent added)
    {
        if (Count == _events.Length)
        {
            Array.Resize(ref _events, 2 * Count);
        }

        int at = Count++;
        while (at > 0 && added.IsBefore(_events[(at - 1) / 2]))
        {
            _events[at] = _events[(at - 1) / 2];
            at = (at - 1) / 2;
        }

        _events[at] = added;
    }

    public SimulationEvent Take()
    {
        SimulationEvent first = _events[0];
        SimulationEvent last = _events[--Count];
        int at = 0;
        for (int child = 1; child < Count; child = (2 * at) + 1)
        {
            if (child + 1 < Count && _events[child + 1].IsBefore(_events[child]))
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
