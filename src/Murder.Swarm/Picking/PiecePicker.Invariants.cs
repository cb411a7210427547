namespace Murder.Swarm;

/// <summary>What must hold between any two calls; for tests and the simulator.</summary>
internal sealed partial class PiecePicker
{
    /// <exception cref="InvalidOperationException">a bug: the message says which fact is broken</exception>
    public void CheckInvariants()
    {
        int requests = 0;
        foreach (PickerPeer? peer in _peers)
        {
            for (int at = 0; at < (peer?.Pipe.Count ?? 0); at++, requests++)
            {
                BlockRef block = peer!.Pipe[at];
                Require(_layout.IsBlock(block), "a request is no block");
                Require(_openOf[block.Piece] is { } piece && !piece.IsHere(block.Index) && piece.AskedOf(block.Index) > 0, "a request is for a block that is not missing");
                Require(peer.Has[block.Piece], "a block is asked of a peer that lacks it");
            }

            Require(peer is null || peer.WantedCount == peer.Has.CountWithout(_stored), "the count of wanted pieces is wrong");
        }

        Require(requests == RequestCount, "the count of requests is wrong");
        Require(requests <= _options.RequestsMax, "too many requests");
        int asked = 0;
        foreach (OpenPiece piece in _open)
        {
            Require(_openOf[piece.Piece] == piece && !_stored[piece.Piece], "an open piece is stored, or not found by its index");
            Require(piece.IsListedAsNeedy == (piece.UnaskedCount > 0) && _needy.Contains(piece) == piece.IsListedAsNeedy, "the list of needy pieces is wrong");
            for (int block = 0; block < piece.BlockCount; block++)
            {
                asked += piece.AskedOf(block);
            }
        }

        Require(asked == requests, "what pieces say is asked is not what pipes say");
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidOperationException(message);
        }
    }
}
