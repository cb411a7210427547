namespace Murder.Swarm.Tests;

/// <summary>What an origin tells, and what a peer that rejects is asked: sessions with peers played by hand.</summary>
public class OriginTests
{
    private const int BlocksPerPiece = 16;

    private static readonly TestMetainfo s_metainfo = TestMetainfo.OfPieces(2, BlocksPerPiece);

    private readonly LoneSession _origin = new(s_metainfo, Bitfield.Full(2), SwarmOptions.Default with { IsOrigin = true });

    [Fact]
    public void It_greets_with_nothing_and_shows_each_piece_to_one_peer()
    {
        PeerSlot[] peers = [Meet(), Meet(), Meet()];

        _origin.Wait(TimeSpan.FromMilliseconds(50));

        Assert.DoesNotContain(_origin.Ordered, output => output.Kind == SwarmOutputKind.SendMessage && output.Message.Type == PeerMessageType.HaveAll);
        Assert.Equal([0, 1], Shown().Select(have => have.Message.Piece).Order());
    }

    [Fact]
    public void When_every_piece_is_out_all_are_shown_everything()
    {
        PeerSlot[] peers = [Meet(), Meet(), Meet()];
        _origin.Wait(TimeSpan.FromMilliseconds(50));
        _origin.Say(peers[0], PeerMessage.Have(0));
        _origin.Say(peers[0], PeerMessage.Have(1));

        _origin.Wait(4 * SwarmOptions.Default.ShowInterval);

        Assert.All(peers[1..], RequireShownAll);
    }

    [Fact]
    public void A_piece_that_nobody_takes_goes_to_another_peer_though_nobody_speaks()
    {
        PeerSlot[] peers = [Meet(), Meet()];
        _origin.Wait(TimeSpan.FromMilliseconds(50));
        SwarmOutput taken = Shown().Single(have => have.Slot == peers[1]);
        _origin.Say(peers[1], PeerMessage.Have(taken.Message.Piece));

        _origin.Wait(2 * SwarmOptions.Default.SpreadPatienceMax);

        RequireShownAll(peers[1]);
    }

    /// <summary>Each reject begins its own pause; a timer that was set for the first must not be the last.</summary>
    [Fact]
    public void A_peer_that_rejects_twice_is_asked_again_when_its_pause_is_over()
    {
        LoneSession session = new(s_metainfo);
        PeerSlot seed = session.ConnectSeed(out List<BlockRef> asked);
        session.Say(seed, PeerMessage.RejectRequest(asked[0]));
        session.Wait(SwarmOptions.Default.RejectDelay / 2);
        foreach (BlockRef block in asked[1..])
        {
            session.Say(seed, PeerMessage.RejectRequest(block));
        }

        Assert.Empty(LoneSession.Requests(session.Wait(SwarmOptions.Default.RejectDelay * 0.9)));
        Assert.NotEmpty(LoneSession.Requests(session.Wait(SwarmOptions.Default.RejectDelay * 0.2)));
    }

    private PeerSlot Meet()
    {
        PeerSlot slot = _origin.Connect(extensions: true);
        _origin.Say(slot, PeerMessage.HaveNone);
        return slot;
    }

    private void RequireShownAll(PeerSlot peer) => Assert.Equal([0, 1], Shown().Where(have => have.Slot == peer).Select(have => have.Message.Piece).Distinct().Order());

    private List<SwarmOutput> Shown() =>
        [.. _origin.Ordered.Where(output => output.Kind == SwarmOutputKind.SendMessage && output.Message.Type == PeerMessageType.Have)];
}
