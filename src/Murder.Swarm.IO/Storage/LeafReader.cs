using System.Threading.Channels;

namespace Murder.Swarm.IO;

/// <summary>Hashes the blocks that peers ask the leaves of (BEP 52, hash request), beside the driver's loop.</summary>
internal sealed class LeafReader
{
    /// <summary>Requests that wait; more are answered with nothing.</summary>
    private const int WaitingMax = 256;

    private readonly Metainfo _metainfo;
    private readonly PieceStore _store;
    private readonly DriverInbox _inbox;
    private readonly Channel<(PeerSlot Slot, HashRequest Request)> _waiting =
        Channel.CreateBounded<(PeerSlot, HashRequest)>(new BoundedChannelOptions(WaitingMax) { SingleReader = true });

    public LeafReader(Metainfo metainfo, PieceStore store, DriverInbox inbox)
    {
        _metainfo = metainfo;
        _store = store;
        _inbox = inbox;
    }

    private PieceLayout Layout => _metainfo.Layout;

    /// <summary>False when too many wait already. Never waits.</summary>
    public bool TryRead(PeerSlot slot, in HashRequest request) => _waiting.Writer.TryWrite((slot, request));

    public void Close() => _waiting.Writer.TryComplete();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach ((PeerSlot slot, HashRequest request) in _waiting.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                await _inbox.PostAsync(SwarmInput.LeavesLoaded(slot, request, Read(request))).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Expected: the driver ends; nobody waits for an answer.
        }
    }

    /// <summary>
    /// The leaves that exist of those asked for; nothing when no file has them. The session asks for whole pieces, so they can be held
    /// against the metainfo: a copy that is not here yet may read as zeros.
    /// </summary>
    private Hash256[] Read(in HashRequest request)
    {
        foreach (int file in _metainfo.FilesOf(request.PiecesRoot)) // the same content may lie in several files
        {
            int count = (int)Math.Min(request.Length, Layout.BlockCountOfFile(file) - request.Index);
            try
            {
                if (request.Index >= 0 && count > 0 && _store.ReadLeaves(file, request.Index, count) is { } leaves && AreRight(file, request.Index, leaves))
                {
                    return leaves;
                }
            }
            catch (StorageException)
            {
                // Expected while fetching: this copy is not here yet, another may be.
            }
        }

        return [];
    }

    private bool AreRight(int file, int firstBlock, ReadOnlySpan<Hash256> leaves)
    {
        int piece = Layout.FirstPieceOf(file) + (firstBlock / Layout.BlocksPerPiece);
        for (; !leaves.IsEmpty; piece++)
        {
            ReadOnlySpan<Hash256> own = leaves[..Math.Min(leaves.Length, Layout.BlocksPerPiece)];
            if (MerkleTree.PieceRoot(own, Layout.BlocksPerPiece, Layout.PieceCountOf(file) == 1) != _metainfo.PieceHash(piece))
            {
                return false;
            }

            leaves = leaves[own.Length..];
        }

        return true;
    }
}
