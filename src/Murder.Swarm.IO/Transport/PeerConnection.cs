using System.Security.Authentication;
using System.Threading.Channels;

namespace Murder.Swarm.IO;

/// <summary>
/// One open connection: a receive loop and a send loop over a stream. The stream is all it knows of the network, so that TLS can be laid
/// around it. Only the driver's loop calls <see cref="Queue"/>, <see cref="Flush"/> and <see cref="Close"/>; none ever waits for the network.
/// <see cref="RunAsync"/> ends when both loops have, and posts PeerLost as the last input of its slot.
/// </summary>
internal sealed partial class PeerConnection : IDisposable
{
    private const int NoReason = -1;

    private readonly Stream _stream;
    private readonly PeerServices _services;
    private readonly PeerId? _member;
    private readonly Channel<Outgoing> _outgoing =
        Channel.CreateUnbounded<Outgoing>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true }); // bounded by _queuedBytes
    private readonly Bell _toSend = new();
    private readonly CancellationTokenSource _abort;
    private int _reason = NoReason;

    /// <summary>Takes over the stream.</summary>
    /// <param name="member">the only peer that may speak here; null when anybody may</param>
    public PeerConnection(PeerSlot slot, bool isOutgoing, Stream stream, PeerServices services, PeerId? member = null)
    {
        Slot = slot;
        IsOutgoing = isOutgoing;
        _stream = stream;
        _services = services;
        _member = member;
        _abort = new CancellationTokenSource(Timeout.InfiniteTimeSpan, services.Time);
    }

    public PeerSlot Slot { get; }

    public bool IsOutgoing { get; }

    /// <summary>Runs both loops until the connection is gone, then posts PeerLost.</summary>
    public async Task RunAsync()
    {
        try
        {
            await Task.WhenAll(UntilOneEndsAsync(ReceiveAsync), UntilOneEndsAsync(SendAsync)).ConfigureAwait(false);
        }
        finally
        {
            await _stream.DisposeAsync().ConfigureAwait(false);
            await _services.Inbox.PostAsync(SwarmInput.PeerLost(Slot, (CloseReason)Volatile.Read(ref _reason))).ConfigureAwait(false);
        }
    }

    /// <summary>Sends what is queued if the other side takes it quickly, then ends.</summary>
    public void Close(CloseReason reason)
    {
        EndFor(reason);
        _outgoing.Writer.TryComplete();
        Flush();
        _abort.CancelAfter(_services.Options.CloseTimeout);
    }

    /// <summary>Ends at once.</summary>
    public void Abort(CloseReason reason)
    {
        EndFor(reason);
        _outgoing.Writer.TryComplete();
        _abort.Cancel();
    }

    /// <summary>To be called after <see cref="RunAsync"/> has ended.</summary>
    public void Dispose() => _abort.Dispose();

    /// <summary>Runs one of the loops; whichever ends first ends the other.</summary>
    private async Task UntilOneEndsAsync(Func<CancellationToken, Task<CloseReason>> loop)
    {
        try
        {
            EndFor(await loop(_abort.Token).ConfigureAwait(false));
        }
        catch (Exception e) when (e is IOException or AuthenticationException or OperationCanceledException)
        {
            // Expected: the other side or the network broke the connection, or we did; or a member's TLS went wrong after the handshake.
            EndFor(CloseReason.Lost);
        }
        finally
        {
            await _abort.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The first reason is the one that counts.</summary>
    private void EndFor(CloseReason reason) => Interlocked.CompareExchange(ref _reason, (int)reason, NoReason);
}

/// <summary>What a connection uses of its driver.</summary>
internal sealed record PeerServices(DriverInbox Inbox, BlockPool Blocks, PieceStore Store, SwarmDriverOptions Options, TimeProvider Time);
