namespace Murder.Simulation;

/// <summary>
/// Events in the order of (instant, order of being added). A calendar: a ring of short days, each an unsorted list, so that adding costs
/// the same however many events wait; the present day is a small heap that stays in the processor's cache, and what lies beyond the ring,
/// timers mostly, is one large heap that is seldom touched.
/// </summary>
internal sealed class EventQueue
{
    private const int DayBits = 4; // 1.6 µs
    private const int DayCount = 1 << 17; // 0.2 s

    private readonly int[] _days = new int[DayCount]; // first node of the day's list, plus one
    private readonly EventHeap _today = new();
    private readonly EventHeap _far = new();
    private Node[] _nodes = new Node[1024];
    private int _nodeCount;
    private int _freeNode = -1;
    private int _inRing;
    private long _day;
    private long _sequence;

    public void Add(long ticks, EventKind kind, int target, int argument = 0)
    {
        SimulationEvent added = new(ticks, _sequence++, kind, target, argument);
        long day = ticks >> DayBits;
        if (day <= _day)
        {
            _today.Add(added);
        }
        else if (day - _day < DayCount)
        {
            AddToRing(added, (int)(day % DayCount));
        }
        else
        {
            _far.Add(added);
        }
    }

    public bool TryTake(out SimulationEvent next)
    {
        while (_today.Count == 0)
        {
            if (!TryTurnDay())
            {
                next = default;
                return false;
            }
        }

        next = _today.Take();
        return true;
    }

    private void AddToRing(in SimulationEvent added, int day)
    {
        int at = _freeNode;
        if (at >= 0)
        {
            _freeNode = _nodes[at].Next;
        }
        else
        {
            if (_nodeCount == _nodes.Length)
            {
                Array.Resize(ref _nodes, 2 * _nodeCount);
            }

            at = _nodeCount++;
        }

        _nodes[at] = new Node { Event = added, Next = _days[day] - 1 };
        _days[day] = at + 1;
        _inRing++;
    }

    /// <summary>Goes on to the next day that has events; false when there is none.</summary>
    private bool TryTurnDay()
    {
        if (_inRing == 0)
        {
            if (_far.Count == 0)
            {
                return false;
            }

            _day = _far.First.Ticks >> DayBits;
        }
        else
        {
            long nextFar = _far.Count == 0 ? long.MaxValue : _far.First.Ticks >> DayBits;
            do
            {
                _day++;
            }
            while (_days[_day % DayCount] == 0 && _day < nextFar);
        }

        while (_far.Count > 0 && _far.First.Ticks >> DayBits <= _day)
        {
            _today.Add(_far.Take());
        }

        ref int first = ref _days[_day % DayCount];
        while (first != 0)
        {
            int at = first - 1;
            _today.Add(_nodes[at].Event);
            first = _nodes[at].Next + 1;
            _nodes[at].Next = _freeNode;
            _freeNode = at;
            _inRing--;
        }

        return true;
    }

    private struct Node
    {
        public SimulationEvent Event;
        public int Next;
    }
}
