using System.Runtime.InteropServices;

namespace Murder.Swarm;

/// <summary>What follows from an input for others than the peer it came from: done once, after it, so that no handler calls itself.</summary>
public sealed partial class SwarmSession
{
    private bool _mayConnect;
    private bool _mayAskAll;
    private bool _mustRechoke;
    private bool _mayServe;
    private readonly List<PeerFacts> _facts = []; // of the choker's present question
    private int _askFirst; // whose turn it is to be asked first

    private void Settle(Instant now)
    {
        if (_isStopping)
        {
            TryFinishStop();
            return;
        }

        PursueLiars(now);
        if (_mustRechoke)
        {
            Rechoke(rotate: false, now);
        }

        if (_mayAskAll || (_picker.IsStarved && _picker.RequestCount < _options.RequestsMax))
        {
            AskAll(now);
        }

        if (_mayConnect)
        {
            OpenConnections(now);
        }

        Spread(now);
        Show(now);
        if (_mayServe)
        {
            Serve(now);
        }
    }

    /// <summary>Refills the pipe of every peer that serves us, beginning with another one each time.</summary>
    private void AskAll(Instant now)
    {
        _mayAskAll = false;
        _picker.IsStarved = false;
        int serving = _peers.Count(peer => peer is { IsReady: true, IsChokingUs: false } && _picker.Wants(peer.Index));
        _picker.Share = Math.Max(_options.EndGameRequestsPerPeerMax, _options.RequestsMax / Math.Max(1, serving));
        for (int step = 0; step < _peers.Count; step++)
        {
            if (_peers[(_askFirst + step) % _peers.Count] is { } peer)
            {
                Ask(peer, now);
            }
        }

        _askFirst = _peers.Count == 0 ? 0 : (_askFirst + 1) % _peers.Count;
    }

    private void OpenConnections(Instant now)
    {
        _mayConnect = false;
        bool mayOpen = !_stored.IsFull || _beganComplete; // who completed by fetching leaves it to those who lack something
        int outgoing = _peers.Count(peer => peer is { IsOutgoing: true }) + _book.ConnectingCount;
        int all = _peers.Count(peer => peer is not null) + _book.ConnectingCount;
        while (mayOpen && outgoing < _options.OutgoingPeersMax && all < _options.PeersMax
            && _book.TryNext(now, _stored.IsFull, IsConnected, out System.Net.IPEndPoint? endpoint))
        {
            Put(SwarmOutput.OpenConnection(endpoint!));
            outgoing++;
            all++;
        }

        _timers.Set(SessionTimer.Connect, mayOpen ? _book.NextRetry(now) : null);
    }

    private bool IsConnected(PeerId id) => _peers.Exists(peer => peer is { IsReady: true } && peer.Identity.Id == id);

    private void Rechoke(bool rotate, Instant now)
    {
        _mayShow = true; // to who is unchoked now
        _mustRechoke = false;
        _facts.Clear();
        foreach (PeerState? peer in _peers)
        {
            if (peer is { IsReady: true, IsUploadOnly: false } && !_picker.IsSeed(peer.Index))
            {
                _facts.Add(new PeerFacts(peer.Index, peer.IsInterestedInUs, !peer.IsChokedByUs, peer.ChokeSince));
            }
        }

        ReadOnlySpan<PeerFacts> facts = CollectionsMarshal.AsSpan(_facts);
        Span<bool> unchoked = stackalloc bool[facts.Length]; // at most PeersMax
        Choker.Decide(facts, _options.UnchokedPeersMax, rotate, unchoked);
        bool isAnyoneWaiting = false;
        for (int at = 0; at < facts.Length; at++)
        {
            if (!unchoked[at] && facts[at].IsUnchoked)
            {
                Choke(_peers[facts[at].Peer]!, now);
            }
        }

        for (int at = 0; at < facts.Length; at++)
        {
            if (unchoked[at] && !facts[at].IsUnchoked)
            {
                PeerState peer = _peers[facts[at].Peer]!;
                peer.IsChokedByUs = false;
                peer.ChokeSince = now;
                Send(peer, PeerMessage.Unchoke, now);
            }

            isAnyoneWaiting |= !unchoked[at] && facts[at].IsInterested;
        }

        if (isAnyoneWaiting)
        {
            _timers.SetNoLater(SessionTimer.Rechoke, now + _options.RechokeInterval);
        }
        else
        {
            _timers.Set(SessionTimer.Rechoke, null);
        }
    }
}
