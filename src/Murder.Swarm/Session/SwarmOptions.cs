namespace Murder.Swarm;

/// <summary>The bounds and waits of a session. The defaults are for a data centre: many members, short paths, nobody to trick.</summary>
public sealed record SwarmOptions
{
    public static SwarmOptions Default { get; } = new();

    /// <summary>
    /// Bytes of blocks a second that are asked for at most, and as many that are sent at most; null for no limit. Blocks only: what is said
    /// besides, and what TLS, TCP and IP add, is not counted.
    /// </summary>
    public long? BytesPerSecondMax { get; init; }

    /// <summary>How much of <see cref="BytesPerSecondMax"/> may go out, or be asked for, at once after a rest. Less than two blocks it is never.</summary>
    public TimeSpan RateBurst { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Connections of one session, both ways.</summary>
    public int PeersMax { get; init; } = 64;

    /// <summary>Connections we open ourselves; further ones are left for others to open to us.</summary>
    public int OutgoingPeersMax { get; init; } = 25;

    /// <summary>Blocks requested from one peer and not yet answered.</summary>
    public int RequestsPerPeerMax { get; init; } = 256;

    /// <summary>Blocks requested from all peers and not yet answered. 1,024 × 16 KiB fill 1 GB/s for 16 ms.</summary>
    public int RequestsMax { get; init; } = 1024;

    /// <summary>Blocks asked of a new peer at once; its answers then deepen or shorten the pipe (<see cref="RequestQueueTimeMin"/>).</summary>
    public int RequestsPerPeerStart { get; init; } = 16;

    /// <summary>
    /// How long a block may wait at the peer that is asked for it: pipes are as deep as this makes them. Whatever waits there waits again at
    /// everybody whom the piece is passed on to, so it is the least that keeps a sender busy between a block and the next request.
    /// </summary>
    public TimeSpan RequestQueueTimeMin { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>But so many blocks at the rate at which they come may wait: on a slow link <see cref="RequestQueueTimeMin"/> is hardly a block.</summary>
    public int RequestQueueBlocks { get; init; } = 10;

    /// <summary>No block is to wait longer than this at the peer that is asked for it.</summary>
    public TimeSpan RequestQueueTimeMax { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// This member is where the release comes from: it shows each piece to one peer before it shows any to all, so that its link
    /// carries every piece once while the swarm carries the rest.
    /// </summary>
    public bool IsOrigin { get; init; }

    /// <summary>Peers are shown pieces until so much is asked of us, and <see cref="ShowTime"/>'s worth of our rate on top.</summary>
    public int ShowBytesMin { get; init; } = 256 * 1024;

    /// <summary>
    /// The way of a showing to the peer, and of its requests back; what is asked of us must last so long. Where the way is longer,
    /// showings are made again before the first are asked for: more is then shown than needed, and nothing waits.
    /// </summary>
    public TimeSpan ShowTime { get; init; } = TimeSpan.FromMilliseconds(3);

    /// <summary>Whether peers are to be shown more is looked at whenever something happens, and when nothing does, after this.</summary>
    public TimeSpan ShowInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// An origin is told of what we have when that is so many pieces, or when it was told last <see cref="TellDelay"/> ago; in silence it is looked at
    /// after <see cref="ShowInterval"/>.
    /// </summary>
    public int UntoldMax { get; init; } = 8;

    /// <summary>See <see cref="UntoldMax"/>.</summary>
    public TimeSpan TellDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// A piece shown to a peer that takes nothing of it is shown to another after twenty times what all that is asked for takes at the origin's
    /// rate, but not before this.
    /// </summary>
    public TimeSpan SpreadPatienceMin { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>A piece shown to a peer that takes nothing of it for this long is shown to another, however slow the origin's link.</summary>
    public TimeSpan SpreadPatienceMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Blocks of pieces that are begun and not yet stored; what of them has arrived is in memory. No further piece is begun beyond it, unless none is begun.
    /// </summary>
    public int BlocksBegunMax { get; init; } = 4096;

    /// <summary>In the end game an idle peer is asked for blocks whose holder would need longer than this for them.</summary>
    public TimeSpan EndGamePatience { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Blocks that are asked of an idle peer in the end game at once.</summary>
    public int EndGameRequestsPerPeerMax { get; init; } = 4;

    /// <summary>Blocks and rejects that nobody asked for: a connection that brings more is closed. Some are innocent: cancels race.</summary>
    public int UnaskedAnswersMax { get; init; } = 64;

    /// <summary>After a reject while unchoked, the peer is asked nothing for this long.</summary>
    public TimeSpan RejectDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Hash requests of one peer that wait for leaves to be read; more are rejected.</summary>
    public int LeafLoadsPerPeerMax { get; init; } = 16;

    /// <summary>Requests of one peer that wait for us to send; more are answered with a reject (BEP 6).</summary>
    public int RequestsQueuedPerPeerMax { get; init; } = 2048;

    /// <summary>
    /// A request is served as if so many others had come before it for each copy of its piece that we were asked for already, so that a piece
    /// which nobody had from us goes to somebody at once, who can pass it on, and the further copies come from many.
    /// </summary>
    public int RequestsBeforeCopy { get; init; } = 100;

    /// <summary>More copies than this make a request wait no longer.</summary>
    public int CopiesCountedMax { get; init; } = 256;

    /// <summary>Blocks handed to the driver for one peer and not yet reported as sent. Keeps cancels useful and queues short.</summary>
    public int BlocksInSendPerPeerMax { get; init; } = 8;

    /// <summary>Blocks handed to the driver for all peers and not yet reported as sent, but for peers that take nothing for <see cref="SendPatience"/>.</summary>
    public int BlocksInSendMax { get; init; } = 16;

    /// <summary>
    /// A peer that was sent nothing of what is under way to it for this long, and four times what <see cref="BlocksInSendMax"/> take at our best
    /// rate, does not count among those who are being sent to.
    /// </summary>
    public TimeSpan SendPatience { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Peers that are unchoked at once.</summary>
    public int UnchokedPeersMax { get; init; } = 64;

    /// <summary>When more peers are interested than may be unchoked, the one served longest makes room for the one waiting longest this often.</summary>
    public TimeSpan RechokeInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Liars that are remembered; the oldest is forgotten beyond.</summary>
    public int BannedPeersMax { get; init; } = 1024;

    /// <summary>Where our driver listens, told to peers (BEP 10, <c>p</c>) so that they need not connect to us twice; 0 when it is not told.</summary>
    public int ListenPort { get; init; }

    /// <summary>The failure or cost domain that we are in, told to peers; empty when there is nothing to say. Peers of other zones are asked only for what none of ours has.</summary>
    public string Zone { get; init; } = "";

    /// <summary>Known endpoints that wait to be connected to.</summary>
    public int CandidatesMax { get; init; } = 1024;

    /// <summary>A request that has waited this long may be asked of somebody else.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection on which nothing arrived for this long is closed.</summary>
    public TimeSpan PeerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A keep-alive is sent when nothing else was for this long.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection without a handshake after this long is closed.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A failed endpoint is tried again after this long, doubled at each failure up to a minute.</summary>
    public TimeSpan ReconnectDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Wait between announces when the tracker could not be reached.</summary>
    public TimeSpan AnnounceRetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>When stopping, connections that have not closed after this long are left to the driver.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(1);
}
