using System.Buffers;

namespace Murder.Swarm.IO;

internal sealed partial class PeerConnection
{
    /// <summary>Bytes that are gathered for one write: eight blocks and some small messages. Half of what a session queues by default, so that the other half can be refilled meanwhile.</summary>
    private const int GatherLength = 132 * 1024;

    private const int PieceHeaderLength = 13; // with the length prefix

    private readonly List<BlockRef> _gathered = [];
    private long _queuedBytes;

    /// <summary>
    /// Queues, in order. A peer that has us queue more than the option allows does not read what it makes us say: its connection ends.
    /// </summary>
    public void Send(in Outgoing next)
    {
        if (Interlocked.Add(ref _queuedBytes, CostOf(next)) > _services.Options.SendQueueBytesMax)
        {
            Abort(CloseReason.TimedOut);
        }

        _outgoing.Writer.TryWrite(next);
    }

    private static int SizeOf(in Outgoing next) => next.Kind switch
    {
        OutgoingKind.Bytes => next.Bytes.Length,
        OutgoingKind.Block => PieceHeaderLength + next.Block.Length,
        _ => PeerMessageCodec.SizeOf(next.Message),
    };

    /// <summary>What the entry takes in memory; a block is not read before its turn.</summary>
    private static int CostOf(in Outgoing next) => Outgoing.Overhead + (next.Kind == OutgoingKind.Block ? 0 : SizeOf(next));

    private async Task<CloseReason> SendAsync(CancellationToken cancellationToken)
    {
        while (await _outgoing.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            // Rented for each burst: a connection with nothing to say holds no buffer.
            byte[] buffer = ArrayPool<byte>.Shared.Rent(GatherLength);
            int filled = 0;
            while (_outgoing.Reader.TryRead(out Outgoing next))
            {
                Interlocked.Add(ref _queuedBytes, -CostOf(next));
                int size = SizeOf(next);
                if (filled + size > GatherLength)
                {
                    await FlushAsync(buffer.AsMemory(0, filled), cancellationToken).ConfigureAwait(false);
                    filled = 0;
                }

                if (size > buffer.Length)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = ArrayPool<byte>.Shared.Rent(size);
                }

                if (!await TryWriteAsync(next, buffer.AsMemory(filled, size)).ConfigureAwait(false))
                {
                    return CloseReason.Lost;
                }

                filled += size;
            }

            await FlushAsync(buffer.AsMemory(0, filled), cancellationToken).ConfigureAwait(false);
            ArrayPool<byte>.Shared.Return(buffer);
        }

        // Only Close completes the queue, and it set the reason.
        return CloseReason.Lost;
    }

    /// <summary>False when the block cannot be read: the driver has been told and will end.</summary>
    private async ValueTask<bool> TryWriteAsync(Outgoing next, Memory<byte> destination)
    {
        switch (next.Kind)
        {
            case OutgoingKind.Bytes:
                next.Bytes.CopyTo(destination);
                return true;
            case OutgoingKind.Message:
                PeerMessageCodec.Write(next.Message, destination.Span);
                return true;
        }

        try
        {
            PeerMessageCodec.WritePieceHeader(next.Block, destination.Span);
            _services.Store.ReadBlock(next.Block, destination.Span[PieceHeaderLength..]);
            _gathered.Add(next.Block);
            return true;
        }
        catch (StorageException e)
        {
            await _services.Inbox.PostAsync(DriverInput.StoreFailed(e)).ConfigureAwait(false);
            return false;
        }
    }

    private async ValueTask FlushAsync(ReadOnlyMemory<byte> gathered, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(gathered, cancellationToken).ConfigureAwait(false);
        foreach (BlockRef block in _gathered)
        {
            await _services.Inbox.PostAsync(SwarmInput.BlockSent(Slot, block)).ConfigureAwait(false);
        }

        _gathered.Clear();
    }
}

internal enum OutgoingKind
{
    Bytes,
    Message,
    Block,
}

/// <summary>One thing to be sent.</summary>
internal readonly record struct Outgoing(OutgoingKind Kind, ReadOnlyMemory<byte> Bytes, PeerMessage Message, BlockRef Block)
{
    /// <summary>Bytes of memory that an entry of the queue takes besides its payload, about.</summary>
    public const int Overhead = 192;

    public static Outgoing OfBytes(ReadOnlyMemory<byte> bytes) => new(OutgoingKind.Bytes, bytes, default, default);

    public static Outgoing OfMessage(in PeerMessage message) => new(OutgoingKind.Message, default, message, default);

    public static Outgoing OfBlock(BlockRef block) => new(OutgoingKind.Block, default, default, block);
}
