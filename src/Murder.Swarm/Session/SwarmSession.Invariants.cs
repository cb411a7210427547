namespace Murder.Swarm;

/// <summary>What must hold between any two inputs; for tests and the simulator, which call it after each.</summary>
public sealed partial class SwarmSession
{
    /// <exception cref="InvalidOperationException">a bug of this assembly: the message says which fact is broken</exception>
    internal void CheckInvariants()
    {
        _picker.CheckInvariants();
        for (int index = 0; index < _peers.Count; index++)
        {
            if (_peers[index] is { } peer)
            {
                Require(peer.Index == index, "a peer is not at its slot");
                Require(!(peer.IsReady && peer.IsClosing), "a peer is both spoken to and being closed");
                Require(peer.Uploads.WaitingCount <= _options.RequestsQueuedPerPeerMax, "a peer's queue is too long");
                Require(peer.Uploads.SendingCount <= _options.BlocksInSendPerPeerMax, "too many blocks are being sent to a peer");
                Require(peer.LeafLoads.Count <= _options.LeafLoadsPerPeerMax, "too many leaves are being read for a peer");
            }
        }

        Require(_uploads.BlockCount == _peers.Sum(peer => peer is { IsReady: true } ? peer.Uploads.Count : 0), "the count of blocks asked of us is wrong");
        Require(_peers.Count(peer => peer is { IsClosing: false }) <= _options.PeersMax, "too many peers");
        Require(_isStopping || _picker.RequestCount == 0 || _timers[SessionTimer.Requests] is not null, "requests are outstanding and no timer guards them");
        Require(_hunts.TrueForAll(hunt => hunt.Asked is not null && _assemblies[hunt.Piece] is { } whole && whole.HereCount == whole.BlockCount), "a hunt asks nobody, or its piece is not whole");
        Require(_isStopped || _timers.Next is not null || _hasBegun, "nothing will ever wake the session");
        for (int piece = 0; piece < _assemblies.Length; piece++)
        {
            Require(_assemblies[piece] is not { } assembly || (!_stored[piece] && _picker.HereCountOf(piece) == assembly.HereCount), "buffers are held that the picker does not know of");
        }
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidOperationException(message);
        }
    }
}
