namespace Murder.Swarm.IO;

internal sealed partial class PeerConnection
{
    /// <summary>Reads the handshake, then frames, and posts each. Blocks are hashed here: on the connection's thread, not on the driver's loop.</summary>
    private async Task<CloseReason> ReceiveAsync(CancellationToken cancellationToken)
    {
        using FrameReader frames = new(_stream);
        ReadOnlyMemory<byte> bytes;
        while (!frames.TryTakeBytes(Handshake.Size, out bytes))
        {
            if (!await frames.FillAsync(cancellationToken).ConfigureAwait(false))
            {
                return CloseReason.Lost;
            }
        }

        if (!PeerMessageCodec.TryReadHandshake(bytes.Span, out Handshake? handshake))
        {
            return CloseReason.HandshakeMismatch;
        }

        if (_member is { } member && handshake!.Peer != member)
        {
            // A member that was banned must not come back under another's name.
            return CloseReason.HandshakeMismatch;
        }

        await _services.Inbox.PutAsync(SwarmInput.HandshakeReceived(Slot, handshake!)).ConfigureAwait(false);
        bool isSomethingPut = true;
        while (true)
        {
            switch (frames.TryTake(out ReadOnlyMemory<byte> body))
            {
                case FrameResult.Malformed:
                    return CloseReason.ProtocolError;
                case FrameResult.NeedMore:
                    if (isSomethingPut)
                    {
                        // What one read brought is one turn.
                        isSomethingPut = false;
                        _services.Inbox.Wake();
                    }

                    if (!await frames.FillAsync(cancellationToken).ConfigureAwait(false))
                    {
                        return CloseReason.Lost;
                    }

                    break;
                case FrameResult.Taken when !await TakeFrameAsync(body, cancellationToken).ConfigureAwait(false):
                    return CloseReason.ProtocolError;
                case FrameResult.Taken:
                    isSomethingPut = true;
                    break;
            }
        }
    }

    /// <summary>False when the frame breaks the protocol.</summary>
    private async ValueTask<bool> TakeFrameAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (body.IsEmpty)
        {
            await _services.Inbox.PutAsync(SwarmInput.MessageReceived(Slot, PeerMessage.KeepAlive)).ConfigureAwait(false);
            return true;
        }

        if (!PeerMessageCodec.TryRead(body.Span, out PeerMessage message))
        {
            return false;
        }

        if (message.Type == PeerMessageType.Piece)
        {
            return await TakeBlockAsync(message.Block, body[FrameReader.PieceHeaderLength..], cancellationToken).ConfigureAwait(false);
        }

        await _services.Inbox.PutAsync(SwarmInput.MessageReceived(Slot, message)).ConfigureAwait(false);
        return true;
    }

    private async ValueTask<bool> TakeBlockAsync(BlockRef block, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (bytes.Length != block.Length)
        {
            return false;
        }

        int handle = await _services.Blocks.RentAsync(cancellationToken).ConfigureAwait(false);
        bytes.Span.CopyTo(_services.Blocks[handle].Span);
        if (!await _services.Inbox.PutAsync(SwarmInput.BlockReceived(Slot, block, Hash256.Of(bytes.Span), handle)).ConfigureAwait(false))
        {
            // The driver has ended: nobody else will return it.
            _services.Blocks.Return(handle);
        }

        return true;
    }
}
