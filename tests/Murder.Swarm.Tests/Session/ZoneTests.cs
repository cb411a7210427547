namespace Murder.Swarm.Tests;

/// <summary>We are in zone "here"; peers say where they are, or do not.</summary>
public class ZoneTests
{
    private static readonly SwarmOptions Here = SwarmOptions.Default with { Zone = "here" };

    [Fact]
    public void A_peer_of_another_zone_is_asked_for_nothing_that_a_peer_at_hand_has()
    {
        LoneSession session = new(TestMetainfo.OfPieces(4, 1), options: Here);
        Join(session, "here", 0, 1, 2);

        Join(session, "there", out List<BlockRef> asked, 0, 1, 2, 3);

        Assert.Equal([3], asked.Select(block => block.Piece));
    }

    [Fact]
    public void When_the_peer_at_hand_is_lost_the_other_is_asked()
    {
        LoneSession session = new(TestMetainfo.OfPieces(4, 1), options: Here);
        PeerSlot near = Join(session, "here", 0, 1, 2);
        Join(session, "there", out _, 0, 1, 2, 3);

        List<SwarmOutput> after = session.Give(SwarmInput.PeerLost(near, CloseReason.Lost));

        Assert.Equal([0, 1, 2], LoneSession.Requests(after).Select(block => block.Piece).Distinct().Order());
    }

    [Fact]
    public void When_the_peer_at_hand_is_silent_the_other_is_asked()
    {
        LoneSession session = new(TestMetainfo.OfPieces(8, 1), options: Here with { RequestsPerPeerStart = 2 });
        Join(session, "here", 0, 1, 2, 3, 4, 5);
        PeerSlot far = Join(session, "there", out List<BlockRef> asked, 0, 1, 2, 3, 4, 5, 6);
        session.Wait(Here.RequestTimeout / 2);
        List<SwarmOutput> before = session.Send(far, asked[0], handle: 1);

        List<SwarmOutput> after = session.Wait(Here.RequestTimeout / 2);

        Assert.Empty(LoneSession.Requests(before));
        Assert.NotEmpty(LoneSession.Requests(after.Where(output => output.Slot == far)));
    }

    [Fact]
    public void Who_does_not_say_where_it_is_may_be_asked_for_anything_and_keeps_nobody_from_asking_elsewhere()
    {
        LoneSession session = new(TestMetainfo.OfPieces(40, 1), options: Here with { RequestsPerPeerStart = 4 });
        Join(session, "here", 0);
        Join(session, null, out List<BlockRef> ofSilent, [.. Enumerable.Range(0, 40)]);
        Join(session, "there", out List<BlockRef> ofFar, [.. Enumerable.Range(0, 40)]);

        Assert.Equal((4, 4), (ofSilent.Count, ofFar.Count));
    }

    [Fact]
    public void Blocks_from_other_zones_are_counted_and_others_are_not()
    {
        LoneSession session = new(TestMetainfo.OfPieces(4, 1), options: Here);
        PeerSlot near = Join(session, "here", out List<BlockRef> ofNear, 0);
        PeerSlot far = Join(session, "there", out List<BlockRef> ofFar, 0, 1, 2);

        session.Send(near, ofNear[0], handle: 1);
        session.Send(far, ofFar[0], handle: 2);

        Assert.Equal(ofFar[0].Length, session.Session.Stats.DownloadedBytesAcrossZones);
        Assert.Equal(ofNear[0].Length + ofFar[0].Length, session.Session.Stats.DownloadedBytes);
    }

    [Fact]
    public void A_peer_of_another_zone_is_served_before_those_who_asked_earlier()
    {
        TestMetainfo metainfo = TestMetainfo.OfPieces(40, 1);
        SwarmOptions narrow = Here with { BlocksInSendMax = 1 };
        LoneSession session = new(metainfo, Bitfield.Full(40), narrow);
        PeerSlot near = Join(session, "here");
        PeerSlot far = Join(session, "there");
        for (int piece = 0; piece < 20; piece++)
        {
            session.Say(near, PeerMessage.Request(metainfo.Layout.Block(piece, 0)));
        }

        session.Say(far, PeerMessage.Request(metainfo.Layout.Block(30, 0)));
        List<SwarmOutput> next = session.Give(SwarmInput.BlockSent(near, metainfo.Layout.Block(0, 0)));

        Assert.Equal(far, Assert.Single(next, output => output.Kind == SwarmOutputKind.SendBlock).Slot);
    }

    private static PeerSlot Join(LoneSession session, string? zone, params int[] pieces) => Join(session, zone, out _, pieces);

    /// <summary>A peer that says where it is and what it has, and unchokes us; gives what was then asked of it.</summary>
    private static PeerSlot Join(LoneSession session, string? zone, out List<BlockRef> asked, params int[] pieces)
    {
        PeerSlot slot = session.Connect();
        session.Say(slot, PeerMessage.Extended(0, new ExtensionHandshake(0, 250, IsUploadOnly: false, zone).ToPayload()));
        session.Say(slot, PeerMessage.HaveNone);
        foreach (int piece in pieces)
        {
            session.Say(slot, PeerMessage.Have(piece));
        }

        session.Say(slot, PeerMessage.Interested);
        asked = LoneSession.Requests(session.Say(slot, PeerMessage.Unchoke).Where(output => output.Slot == slot));
        return slot;
    }
}
