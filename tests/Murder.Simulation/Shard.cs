using System.Runtime.InteropServices;

namespace Murder.Simulation;

/// <summary>
/// The hosts that one thread runs, and what they send while it does. Nothing reaches another host sooner than the network's least latency,
/// so within a window of that length every host can live by itself, its events one after the other while its state is in the processor's
/// cache. What was sent is handed over between windows in the order of the senders: that order, and so the run, does not depend on how many
/// shards there are.
/// </summary>
internal sealed class Shard
{
    private readonly SimulatedHost[] _hosts; // of the world
    private readonly int _first;
    private readonly long[] _nextOf; // by host from the first on: when something happens to it
    private readonly List<Dispatch>[] _sent; // by shard that it goes to

    public Shard(SimulatedHost[] hosts, int first, int count, int shardCount)
    {
        _hosts = hosts;
        _first = first;
        _nextOf = new long[count];
        Array.Fill(_nextOf, long.MaxValue);
        _sent = [.. Enumerable.Range(0, shardCount).Select(_ => new List<Dispatch>())];
    }

    public PacketStore Packets { get; } = new();

    /// <summary>When something happens to one of the hosts; never when all is told.</summary>
    public long NextTicks { get; private set; } = long.MaxValue;

    /// <summary>Room for what goes to a host of that shard.</summary>
    public ref Dispatch Send(int toShard)
    {
        List<Dispatch> sent = _sent[toShard];
        CollectionsMarshal.SetCount(sent, sent.Count + 1);
        return ref CollectionsMarshal.AsSpan(sent)[^1];
    }

    /// <summary>Hands over what all shards have sent to this one's hosts.</summary>
    public void TakeIn(Shard[] shards, int number)
    {
        foreach (Shard from in shards)
        {
            foreach (ref Dispatch dispatch in CollectionsMarshal.AsSpan(from._sent[number]))
            {
                SimulatedHost to = _hosts[dispatch.ToHost];
                to.TakeIn(dispatch);
                _nextOf[dispatch.ToHost - _first] = to.NextTicks;
            }

            from._sent[number].Clear();
        }

        NextTicks = long.MaxValue;
        foreach (long next in _nextOf)
        {
            NextTicks = Math.Min(NextTicks, next);
        }
    }

    /// <summary>Lets happen to each host whatever happens before the window ends.</summary>
    public void Run(long endTicks)
    {
        for (int at = 0; at < _nextOf.Length; at++)
        {
            if (_nextOf[at] < endTicks)
            {
                SimulatedHost host = _hosts[_first + at];
                host.Run(endTicks);
                _nextOf[at] = host.NextTicks;
            }
        }
    }

    /// <summary>Looks at all hosts: something was planned for them from outside.</summary>
    public void Begin()
    {
        for (int at = 0; at < _nextOf.Length; at++)
        {
            _nextOf[at] = _hosts[_first + at].NextTicks;
        }
    }
}
