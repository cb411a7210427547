namespace Murder.Swarm;

/// <summary>
/// Telling the others what we have. Between N members that is half of N² messages a piece; one by one each is a packet and a wake-up, and at
/// 32 members they were most of all that was sent. So only news is told at once: a piece that few have spreads by being told. One that many
/// have can be had from them meanwhile, and waits for company.
/// </summary>
public sealed partial class SwarmSession
{
    private readonly List<int> _untold = []; // stored pieces that peers may lack and have not been told of

    private void Tell(int piece, Instant now)
    {
        int ready = 0;
        foreach (PeerState? peer in _peers)
        {
            if (peer is { IsReady: true })
            {
                ready++;
                if (peer.IsUploadOnly)
                {
                    Send(peer, PeerMessage.Have(piece), now); // an origin, which wants nothing and shows little, must know what is out
                }
            }
        }

        _untold.Add(piece);
        if (_picker.AvailabilityOf(piece) * _options.TellShare < ready || _untold.Count >= _options.UntoldMax)
        {
            TellAll(now);
        }
        else
        {
            _timers.SetNoLater(SessionTimer.Tell, now + _options.TellDelay);
        }
    }

    /// <summary>Peer by peer, so that what one is told is one packet.</summary>
    private void TellAll(Instant now)
    {
        foreach (PeerState? peer in _peers)
        {
            if (peer is not { IsReady: true, IsUploadOnly: false })
            {
                continue;
            }

            foreach (int piece in _untold)
            {
                // Who has a piece need not know that we have it too: that saves half of all that is said, and our last extension handshake
                // will tell that we have all.
                if (!peer.SupportsExtensions || !_picker.Has(peer.Index, piece))
                {
                    Send(peer, PeerMessage.Have(piece), now);
                }
            }
        }

        _untold.Clear();
        _timers.Set(SessionTimer.Tell, null);
    }
}
