using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Murder.PeerHost.Contract;
using Murder.Swarm;
using Murder.Swarm.IO;

namespace Murder.PeerHost;

/// <summary>This host's part in the swarm, from its first announce to its goodbye. Owns everything it is made of but the store and the credential.</summary>
internal sealed class SwarmMember : IAsyncDisposable
{
    /// <summary>Reports of banned peers that may wait; more are dropped, as the count in the statistics is not.</summary>
    private const int BansWaitingMax = 64;

    private readonly IAnnouncer? _tracker;
    private readonly SwarmDriver _driver;
    private readonly CancellationTokenSource _leaving = new();
    private readonly Channel<AgentPeerBanned> _bans =
        Channel.CreateBounded<AgentPeerBanned>(new BoundedChannelOptions(BansWaitingMax) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Task _run;

    /// <summary>Joins.</summary>
    /// <param name="tracker">ends with this object; null for none</param>
    /// <exception cref="VerbException">no port is free</exception>
    public SwarmMember(Metainfo metainfo, PieceStore store, Bitfield verified, IAnnouncer? tracker, MemberTls? security, FetchCommand command, TimeProvider time)
    {
        _tracker = tracker;
        SwarmDriverOptions options = new()
        {
            Session = SwarmOptions.Default with { Zone = command.Zone, BytesPerSecondMax = command.BytesPerSecondMax },
            Port = command.Port,
            Seed = command.Seed,
            Security = security,
        };
        try
        {
            _driver = new SwarmDriver(metainfo, store, verified, _tracker, options, time);
        }
        catch (SocketException e)
        {
            (_tracker as IDisposable)?.Dispose();
            _leaving.Dispose();
            throw new VerbException(HostFailure.PortsTaken, $"none of the ports {command.Port} to {command.Port + options.PortsTried - 1} can be listened on: {e.Message}", e);
        }

        _driver.PeerBanned += OnPeerBanned;
        _run = _driver.RunAsync(_leaving.Token);
    }

    public SwarmStats Stats => _driver.Stats;

    /// <summary>Ends when every piece is verified and stored; faults when the store fails.</summary>
    public Task Completed => _driver.Completed;

    /// <summary>Why the tracker did not answer; null when it did.</summary>
    public string? TrackerFailure => _tracker?.LastFailure;

    /// <summary>Peers that were banned and not yet reported.</summary>
    public ChannelReader<AgentPeerBanned> Bans => _bans.Reader;

    /// <summary>Says goodbye, which takes at most some seconds. What made the run fail, if anything did, was thrown by <see cref="Completed"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync().ConfigureAwait(false);
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _driver.DisposeAsync().ConfigureAwait(false);
        (_tracker as IDisposable)?.Dispose();
        _leaving.Dispose();
    }

    private void OnPeerBanned(IPEndPoint peer, BlockRef block) =>
        _bans.Writer.TryWrite(new AgentPeerBanned(peer.ToString(), $"the block at {block.Offset} of piece {block.Piece} was corrupt"));
}
