using System.Buffers;

namespace Murder.Swarm.IO;

internal sealed partial class PeerConnection
{
    /// <summary>Bytes that are gathered for one write: eight blocks, as many as a session hands over for one peer by default, and some small messages.</summary>
    private const int GatherLength = 132 * 1024;

    private const int PieceHeaderLength = 13; // with the length prefix

    private readonly List<BlockRef> _gathered = [];
    private long _queuedBytes;
    private bool _isFlushDue; // belongs to the driver's loop

    /// <summary>
    /// Queues, in order; true when it is the first since the last <see cref="Flush"/>, which has to follow. A peer that has us queue more
    /// than the option allows does not read what it makes us say: its connection ends.
    /// </summary>
    public bool Queue(in Outgoing next)
    {
        if (Interlocked.Add(ref _queuedBytes, CostOf(next)) > _services.Options.SendQueueBytesMax)
        {
            Abort(CloseReason.TimedOut);
        }

        _outgoing.Writer.TryWrite(next);
        bool isFirst = !_isFlushDue;
        _isFlushDue = true;
        return isFirst;
    }

    /// <summary>Sends what is queued: as much as the socket takes at once before this returns.</summary>
    public void Flush()
    {
        _isFlushDue = false;
        _toSend.Ring();
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
        using CancellationTokenRegistration wakeToEnd = cancellationToken.UnsafeRegister(static bell => ((Bell)bell!).Ring(), _toSend);
        while (!_outgoing.Reader.Completion.IsCompleted)
        {
            await _toSend.WaitAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (_outgoing.Reader.TryPeek(out _) && !await TrySendQueuedAsync(cancellationToken).ConfigureAwait(false))
            {
                break;
            }
        }

        // Close, which set the reason, completes the queue; a block that cannot be read ends the driver.
        return CloseReason.Lost;
    }

    /// <summary>False when a block cannot be read: the driver has been told and will end.</summary>
    private async ValueTask<bool> TrySendQueuedAsync(CancellationToken cancellationToken)
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
                await WriteAsync(buffer.AsMemory(0, filled), cancellationToken).ConfigureAwait(false);
                filled = 0;
            }

            if (size > buffer.Length)
            {
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = ArrayPool<byte>.Shared.Rent(size);
            }

            if (!await TryGatherAsync(next, buffer.AsMemory(filled, size)).ConfigureAwait(false))
            {
                return false;
            }

            filled += size;
        }

        await WriteAsync(buffer.AsMemory(0, filled), cancellationToken).ConfigureAwait(false);
        ArrayPool<byte>.Shared.Return(buffer);
        return true;
    }

    /// <summary>False when it is a block that cannot be read.</summary>
    private async ValueTask<bool> TryGatherAsync(Outgoing next, Memory<byte> destination)
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

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> gathered, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(gathered, cancellationToken).ConfigureAwait(false);
        await _stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        foreach (BlockRef block in _gathered)
        {
            await _services.Inbox.PutAsync(SwarmInput.BlockSent(Slot, block)).ConfigureAwait(false);
        }

        if (_gathered.Count > 0)
        {
            _gathered.Clear();
            _services.Inbox.Wake();
        }
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
