using System.Net;

namespace Murder.Swarm.IO;

public sealed partial class SwarmDriver
{
    private readonly List<PeerConnection> _addressed = []; // have something to send since this turn

    private void CarryOutAll(CancellationToken ending)
    {
        while (_session.TryTake(out SwarmOutput order))
        {
            CarryOut(order, ending);
        }

        Stats = _session.Stats;

        // Only now: what a turn has to say to a peer is one write, one TLS record, and one packet if it is small.
        foreach (PeerConnection connection in _addressed)
        {
            connection.Flush();
        }

        _addressed.Clear();
    }

    /// <summary>Carries out one order of the session; never waits. An order for a slot that is gone meanwhile finds nobody.</summary>
    private void CarryOut(in SwarmOutput order, CancellationToken ending)
    {
        switch (order.Kind)
        {
            case SwarmOutputKind.OpenConnection:
                IPEndPoint endpoint = order.Endpoint!;
                _tasks.Run(() => DialAsync(endpoint, ending));
                break;
            case SwarmOutputKind.SendHandshake:
                Send(order.Slot, _handshake);
                break;
            case SwarmOutputKind.SendMessage:
                Send(order.Slot, Outgoing.OfMessage(order.Message));
                break;
            case SwarmOutputKind.SendBlock:
                Send(order.Slot, Outgoing.OfBlock(order.Block));
                break;
            case SwarmOutputKind.CloseConnection:
                _connections.Find(order.Slot)?.Close(order.Reason);
                break;
            case SwarmOutputKind.ReleaseBlock:
                _blocks.Return(order.Handle);
                break;
            case SwarmOutputKind.StorePiece:
                _writers.Write(order.Piece, order.Handles.ToArray());
                break;
            case SwarmOutputKind.LoadLeaves:
                LoadLeaves(order.Slot, order.Hash);
                break;
            case SwarmOutputKind.Announce:
                Announce(order.Event);
                break;
            case SwarmOutputKind.PeerBanned:
                PeerBanned?.Invoke(order.Endpoint!, order.Block);
                break;
            case SwarmOutputKind.TorrentCompleted:
                _completed.TrySetResult();
                break;
            case SwarmOutputKind.Stopped:
                _stopped = true;
                break;
        }
    }

    private void Send(PeerSlot slot, in Outgoing next)
    {
        if (_connections.Find(slot) is { } connection && connection.Queue(next))
        {
            _addressed.Add(connection);
        }
    }

    private async Task DialAsync(IPEndPoint endpoint, CancellationToken ending)
    {
        try
        {
            Stream? stream = await PeerDialer.ConnectAsync(endpoint, _options.ConnectTimeout, _time, ending).ConfigureAwait(false);
            PeerChannel? channel = stream is null ? null : await AuthenticateAsync(stream, ending).ConfigureAwait(false);
            if (channel is null)
            {
                await _inbox.PostAsync(SwarmInput.ConnectFailed(endpoint)).ConfigureAwait(false);
            }
            else if (!await _inbox.PostAsync(DriverInput.ConnectionOpened(channel, endpoint, isOutgoing: true)).ConfigureAwait(false))
            {
                await channel.Stream.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Expected: the driver ends.
        }
    }

    private async Task<PeerChannel?> AuthenticateAsync(Stream stream, CancellationToken ending)
    {
        using CancellationTokenSource late = new(_options.AuthenticationTimeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ending);
        return await PeerChannel.OpenAsync(stream, isOutgoing: true, _options.Security, either.Token).ConfigureAwait(false);
    }

    private void LoadLeaves(PeerSlot slot, in HashRequest request)
    {
        if (!_leaves.TryRead(slot, request))
        {
            _answers.Enqueue(SwarmInput.LeavesLoaded(slot, request, default));
        }
    }

    private void Announce(AnnounceEvent announceEvent)
    {
        SwarmStats stats = _session.Stats;
        AnnounceRequest request = new(_infoHash, Self, Port, stats.UploadedBytes, stats.DownloadedBytes, _totalLength - stats.VerifiedBytes, announceEvent, _options.PeersWanted);
        if (_announces is null)
        {
            _answers.Enqueue(SwarmInput.TrackerFailed());
        }
        else
        {
            _announces.Announce(request);
        }
    }
}
