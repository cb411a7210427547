using System.Threading.Channels;

namespace Murder.Swarm.IO;

/// <summary>Writes verified pieces beside the driver's loop, several at once, in no order.</summary>
internal sealed class PieceWriters(PieceStore store, BlockPool blocks, DriverInbox inbox)
{
    // Every entry holds at least one buffer of the pool, and the pool gives out none while too many wait here: that is its bound.
    private readonly Channel<(int Piece, int[] Handles)> _waiting = Channel.CreateUnbounded<(int, int[])>();

    /// <summary>Takes the buffers over. Never waits.</summary>
    public void Write(int piece, int[] handles)
    {
        blocks.BeginStoring(handles.Length);
        _waiting.Writer.TryWrite((piece, handles));
    }

    /// <summary>What waits is still written, then the loops end.</summary>
    public void Close() => _waiting.Writer.TryComplete();

    /// <summary>One writer; run as many as the disk likes.</summary>
    public async Task RunAsync()
    {
        await foreach ((int piece, int[] handles) in _waiting.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            DriverInput result = Write(piece, Array.ConvertAll(handles, handle => (ReadOnlyMemory<byte>)blocks[handle]));
            blocks.EndStoring(handles);
            await inbox.PostAsync(result).ConfigureAwait(false);
        }
    }

    private DriverInput Write(int piece, ReadOnlyMemory<byte>[] buffers)
    {
        try
        {
            store.WritePiece(piece, buffers);
            return SwarmInput.PieceStored(piece);
        }
        catch (StorageException e)
        {
            return DriverInput.PieceNotStored(piece, e);
        }
    }
}
