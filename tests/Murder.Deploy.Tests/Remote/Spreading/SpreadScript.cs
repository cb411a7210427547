using System.Net;
using Murder.Swarm;

namespace Murder.Deploy.Tests;

/// <summary>Plays a spread by hand: says what happened and writes down what was ordered, as <c>"1 from us"</c> or <c>"2 from 0"</c>.</summary>
internal sealed class SpreadScript
{
    private readonly AgentSpread _spread = new(new AgentSpreadLimits());
    private Instant _now;

    public int SpreadCount => _spread.SpreadCount;

    /// <summary>Since the last look.</summary>
    public List<string> Orders
    {
        get
        {
            List<string> orders = [];
            while (_spread.TryTake(out SpreadOrder? order))
            {
                orders.Add(order switch
                {
                    SpreadOrder.Get get => $"{get.Asker} from {get.SourceUrl}",
                    SpreadOrder.GiveUp late => $"{late.Asker} given up",
                    _ => $"{order!.Asker} from us",
                });
            }

            return orders;
        }
    }

    public List<string> Ask(int host, string zone = "", bool canGet = true, bool canRelay = true, bool canOffer = false, string rid = "linux-x64")
    {
        var need = new AgentNeed(rid, IsRaw: false, canGet, canRelay ? new IPEndPoint(IPAddress.Loopback, 1) : canOffer ? new IPEndPoint(IPAddress.Loopback, 0) : null);
        _spread.Ask(host, need, zone, canRelay ? $"{host}" : null, _now);
        return Orders;
    }

    /// <summary>Hosts 0 to <paramref name="count"/> - 1.</summary>
    public List<string> AskAll(int count) => [.. Enumerable.Range(0, count).SelectMany(host => Ask(host))];

    public List<string> Arrive(int host)
    {
        _spread.Arrive(host, _now);
        return Orders;
    }

    /// <summary>Its agent offers it.</summary>
    public List<string> Offer(int host)
    {
        _spread.Offer(host, new AgentNeed("linux-x64", IsRaw: false, CanGet: false, new IPEndPoint(IPAddress.Loopback, 1)), "", $"{host}", _now);
        return Orders;
    }

    public bool WantsOffer => _spread.WantsOffer("linux-x64");

    public List<string> Miss(int host)
    {
        _spread.Miss(host, _now);
        return Orders;
    }

    public List<string> Leave(int host)
    {
        _spread.Leave(host, _now);
        return Orders;
    }

    /// <summary>Wakes the spread when it wants to be, until so much time has passed.</summary>
    public List<string> Wait(TimeSpan time)
    {
        Instant end = _now + time;
        while (_spread.NextTimeout is { } timeout && timeout <= end)
        {
            Instant before = timeout;
            _now = timeout > _now ? timeout : _now;
            _spread.HandleTimeout(_now);
            Assert.NotEqual(before, _spread.NextTimeout); // or whoever drives it would never sleep
        }

        _now = end;
        return Orders;
    }
}
