using System.Net;
using System.Security.Cryptography;
using Murder.Swarm;

namespace Murder.Deploy;

/// <summary>
/// Carries out what an <see cref="AgentSpread"/> orders, for the bootstraps of many hosts at once; holds no decision. Thread-safe.
/// <para>
/// Hosts bring the agent to each other over plain HTTP. That takes no trust: a host executes only what has the SHA-256 that came to it over
/// SSH, and what is offered is nothing but the agent, which is no secret. The path of each is unguessable, so that nobody else takes up the
/// host's link.
/// </para>
/// </summary>
/// <param name="port">first swarm port of the hosts: what a firewall between them lets through</param>
internal sealed class SpreadDesk(AgentSpreadLimits limits, int port, TimeProvider time)
{
    private static readonly TimeSpan s_lookInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly AgentSpread _spread = new(limits);
    private readonly Dictionary<int, TaskCompletionSource<SpreadOrder>> _asking = []; // for their turn, or until they are given up
    private readonly long _origin = time.GetTimestamp();
    private int _turns;

    /// <summary>Hosts that got the agent from others.</summary>
    public int SpreadCount
    {
        get
        {
            lock (_lock)
            {
                return _spread.SpreadCount;
            }
        }
    }

    /// <summary>For one bootstrap of one host.</summary>
    public Turn Begin(TargetHost host) => new(this, Interlocked.Increment(ref _turns), host.Zone, new RelayOffer(RandomNumberGenerator.GetHexString(32, lowercase: true), port));

    private Task<SpreadOrder> AskAsync(int asker, AgentNeed need, string zone, string? url, CancellationToken cancellationToken)
    {
        TaskCompletionSource<SpreadOrder> asking = Expect(asker);
        Change((spread, now) => spread.Ask(asker, need, zone, url, now));
        return HearAsync(asking.Task, cancellationToken);
    }

    private TaskCompletionSource<SpreadOrder> Expect(int asker)
    {
        lock (_lock)
        {
            return _asking[asker] = new TaskCompletionSource<SpreadOrder>(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>It may have been given up before it could expect that: others keep the time too.</summary>
    private Task GivenUpAsync(int asker, CancellationToken cancellationToken)
    {
        TaskCompletionSource<SpreadOrder>? asking;
        lock (_lock)
        {
            asking = _spread.IsGetting(asker) ? Expect(asker) : null;
        }

        return asking is null ? Task.CompletedTask : HearAsync(asking.Task, cancellationToken);
    }

    /// <summary>Whoever waits keeps the time, for all who do.</summary>
    private async Task<SpreadOrder> HearAsync(Task<SpreadOrder> order, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await order.WaitAsync(UntilTimeout(), time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                Change((spread, now) => spread.HandleTimeout(now));
            }
        }
    }

    /// <summary>A second at most: what another host says may bring the timeout nearer.</summary>
    private TimeSpan UntilTimeout()
    {
        lock (_lock)
        {
            TimeSpan until = _spread.NextTimeout is { } at ? at - Now() : s_lookInterval;
            return until <= TimeSpan.Zero ? TimeSpan.Zero : until < s_lookInterval ? until + TimeSpan.FromMilliseconds(1) : s_lookInterval;
        }
    }

    private void Change(Action<AgentSpread, Instant> change)
    {
        lock (_lock)
        {
            change(_spread, Now());
            while (_spread.TryTake(out SpreadOrder? order))
            {
                if (_asking.Remove(order!.Asker, out TaskCompletionSource<SpreadOrder>? asking))
                {
                    asking.SetResult(order);
                }
            }
        }
    }

    private Instant Now() => new(time.GetElapsedTime(_origin).Ticks);

    /// <summary>One host's place in it. Disposing of it gives up what was not finished; what it offers it goes on offering.</summary>
    internal sealed class Turn(SpreadDesk desk, int asker, string zone, RelayOffer offer) : IDisposable
    {
        private bool _relays; // others get it there while it comes

        /// <summary>For the host's script.</summary>
        public RelayOffer Offer => offer;

        /// <summary>Waits until it is the host's turn, for an <see cref="SpreadOrder.Upload"/> or a <see cref="SpreadOrder.Get"/>.</summary>
        public Task<SpreadOrder> AskAsync(AgentNeed need, CancellationToken cancellationToken)
        {
            _relays = need.CanRelay;
            return desk.AskAsync(asker, need, zone, need.CanRelay ? UrlAt(need.Endpoint!) : null, cancellationToken);
        }

        /// <summary>Ends when the host is to be given up, for it gets the agent too slowly.</summary>
        public Task GivenUpAsync(CancellationToken cancellationToken) => desk.GivenUpAsync(asker, cancellationToken);

        public void Arrive() => desk.Change((spread, now) => spread.Arrive(asker, now));

        public void Miss() => desk.Change((spread, now) => spread.Miss(asker, now));

        /// <summary>Somebody waits for what the agent, which runs now, could offer.</summary>
        public bool WantsOffer(string rid)
        {
            lock (desk._lock)
            {
                return !_relays && desk._spread.WantsOffer(rid);
            }
        }

        /// <param name="endpoint">where the agent, which runs now, hands itself on</param>
        public void OfferAt(IPEndPoint endpoint, string rid) =>
            desk.Change((spread, now) => spread.Offer(asker, new AgentNeed(rid, IsRaw: false, CanGet: false, endpoint), zone, UrlAt(endpoint), now));

        private string UrlAt(IPEndPoint endpoint) => $"http://{endpoint}/{offer.Path}";

        public void Dispose() => desk.Change((spread, now) =>
        {
            desk._asking.Remove(asker);
            spread.Leave(asker, now);
        });
    }
}
