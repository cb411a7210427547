namespace Murder.Swarm.Tests;

/// <summary>A session under a limit of a block in 10 ms, with a bucket of ten.</summary>
public class RateLimitTests
{
    private static readonly TimeSpan TenMs = TimeSpan.FromMilliseconds(10);

    private static readonly SwarmOptions Limited = SwarmOptions.Default with { BytesPerSecondMax = 100 * PieceLayout.BlockLength };

    [Fact]
    public void Blocks_leave_as_the_limit_allows()
    {
        LoneSession session = Rested(new LoneSession(TestMetainfo.OfPieces(10, 4), Bitfield.Full(10), Limited));
        PeerSlot peer = session.Connect();
        session.Say(peer, PeerMessage.Interested);
        List<SwarmOutput> orders = [];
        for (int number = 0; number < 40; number++)
        {
            orders.AddRange(SentAtOnce(session, session.Say(peer, PeerMessage.Request(BlockOf(session, number)))));
        }

        string picture = $"{orders.Count}";
        for (int step = 0; step < 31; step++)
        {
            picture += $" {SentAtOnce(session, session.Wait(TenMs)).Count}";
        }

        Assert.Equal("10 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 0", picture);
    }

    [Fact]
    public void Peers_are_served_in_the_order_in_which_they_asked()
    {
        LoneSession session = Rested(new LoneSession(TestMetainfo.OfPieces(10, 4), Bitfield.Full(10), Limited));
        PeerSlot[] peers = [session.Connect(), session.Connect(), session.Connect()];
        Array.ForEach(peers, peer => session.Say(peer, PeerMessage.Interested));
        string asked = "aaaaaaaaaaaabbcabcbbaac"; // ten go at once
        string served = "";
        for (int number = 0; number < asked.Length; number++)
        {
            served += Names(SentAtOnce(session, session.Say(peers[asked[number] - 'a'], PeerMessage.Request(BlockOf(session, number)))));
        }

        served += Names(SentAtOnce(session, session.Wait(TimeSpan.FromSeconds(1))));

        Assert.Equal(asked, served);
        static string Names(IEnumerable<SwarmOutput> sent) => string.Concat(sent.Select(order => (char)('a' + order.Slot.Index)));
    }

    [Fact]
    public void Blocks_are_asked_for_as_the_limit_allows_however_fast_they_come()
    {
        LoneSession session = Rested(new LoneSession(TestMetainfo.OfPieces(64, 4), options: Limited));
        PeerSlot seed = session.ConnectSeed(out List<BlockRef> asked);
        string picture = $"{asked.Count}";
        int handle = 0;
        for (int step = 0; step < 20; step++)
        {
            List<BlockRef> next = [.. asked.SelectMany(block => LoneSession.Requests(session.Send(seed, block, handle++)))];
            next.AddRange(LoneSession.Requests(session.Wait(TenMs)));
            picture += $" {next.Count}";
            asked = next;
        }

        Assert.Equal("10 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", picture);
    }

    [Fact]
    public void Every_peer_is_asked_in_turn()
    {
        LoneSession session = Rested(new LoneSession(TestMetainfo.OfPieces(64, 4), options: Limited));
        PeerSlot[] seeds = [.. Enumerable.Range(0, 5).Select(number => session.ConnectSeed(out _))];

        List<SwarmOutput> outputs = session.Wait(TimeSpan.FromMilliseconds(150)); // fifteen blocks, five peers

        Assert.All(seeds, seed => Assert.InRange(outputs.Count(order => order.Slot == seed && order.Message.Type == PeerMessageType.Request), 2, 4));
    }

    [Fact]
    public void What_is_refused_may_be_asked_of_somebody_else()
    {
        LoneSession session = Rested(new LoneSession(TestMetainfo.OfPieces(64, 4), options: Limited));
        PeerSlot refusing = session.ConnectSeed(out List<BlockRef> asked);
        session.ConnectSeed(out List<BlockRef> askedOfOther);
        Assert.Empty(askedOfOther); // all that is allowed is asked of the first

        List<BlockRef> again = [.. asked.SelectMany(block => LoneSession.Requests(session.Say(refusing, PeerMessage.RejectRequest(block))))];

        Assert.Equal(asked.Count, again.Count);
    }

    [Fact]
    public void What_a_peer_that_is_gone_was_asked_for_may_be_asked_of_another()
    {
        LoneSession session = Rested(new LoneSession(TestMetainfo.OfPieces(64, 4), options: Limited));
        PeerSlot gone = session.ConnectSeed(out List<BlockRef> asked);
        session.ConnectSeed(out _);

        List<BlockRef> again = [.. LoneSession.Requests(session.Give(SwarmInput.PeerLost(gone, CloseReason.Lost)))];

        Assert.Equal(asked.Count, again.Count);
    }

    [Fact]
    public void What_nobody_asked_for_is_paid_for_too()
    {
        LoneSession session = Rested(new LoneSession(TestMetainfo.OfPieces(64, 4), options: Limited));
        PeerSlot seed = session.ConnectSeed(out List<BlockRef> asked);
        List<BlockRef> unasked = [.. Enumerable.Range(0, 256).Select(number => BlockOf(session, number)).Except(asked).Take(5)];
        for (int block = 0; block < unasked.Count; block++)
        {
            session.Send(seed, unasked[block], handle: block);
        }

        Assert.Empty(LoneSession.Requests(session.Wait(5 * TenMs)));
        Assert.Single(LoneSession.Requests(session.Wait(TenMs)));
    }

    [Fact]
    public void Waits_and_pipes_follow_the_limit()
    {
        SwarmOptions fast = RatePace.Follow(SwarmOptions.Default with { BytesPerSecondMax = 125_000_000 });
        SwarmOptions slow = RatePace.Follow(SwarmOptions.Default with { BytesPerSecondMax = 1_000_000 });

        Assert.Equal(SwarmOptions.Default, RatePace.Follow(SwarmOptions.Default));
        Assert.Equal((1024, 64), (fast.RequestsMax, slow.RequestsMax));
        Assert.Equal((10.1, 26.8), (Seconds(fast.RequestTimeout), Seconds(slow.RequestTimeout)));
        Assert.Equal((0.2, 0.5), (Seconds(fast.EndGamePatience), Seconds(slow.EndGamePatience)));
        Assert.Equal((5.0, 6.0), (Seconds(fast.SpreadPatienceMax), Seconds(slow.SpreadPatienceMax)));
        static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 1);
    }

    private static BlockRef BlockOf(LoneSession session, int number) => session.Metainfo.Layout.Block(number / 4, number % 4);

    /// <summary>Long enough for its buckets to be full.</summary>
    private static LoneSession Rested(LoneSession session)
    {
        session.Wait(TimeSpan.FromSeconds(1));
        return session;
    }

    /// <summary>The blocks that are ordered to be sent; each is reported as sent at once, and so are those that are ordered then.</summary>
    private static List<SwarmOutput> SentAtOnce(LoneSession session, List<SwarmOutput> outputs)
    {
        List<SwarmOutput> sent = [.. outputs.Where(output => output.Kind == SwarmOutputKind.SendBlock)];
        for (int at = 0; at < sent.Count; at++)
        {
            sent.AddRange(session.Give(SwarmInput.BlockSent(sent[at].Slot, sent[at].Block)).Where(output => output.Kind == SwarmOutputKind.SendBlock));
        }

        return sent;
    }
}
