namespace Murder.Swarm.Tests;

/// <summary>Who is shown what we have, and when: each test has a session that got its first piece, sixteen blocks long, from a seed.</summary>
public class ShowingTests
{
    private const int BlocksPerPiece = 16; // 256 KiB: as much as is enough to be asked for

    private readonly LoneSession _session = new(TestMetainfo.OfPieces(20, BlocksPerPiece));

    [Fact]
    public void One_peer_is_shown_a_new_piece_and_the_next_only_when_less_is_asked_for()
    {
        PeerSlot seed = _session.ConnectSeed(out List<BlockRef> asked);
        PeerSlot[] others = Connect(3);
        List<SwarmOutput> outputs = Fetch(seed, asked, out int piece);
        SwarmOutput shown = Assert.Single(ShownTo(outputs, others));
        Assert.Equal(piece, shown.Message.Piece);

        List<BlockRef> sending = Ask(shown.Slot, piece);
        _session.Wait(SwarmOptions.Default.SendPatience / 2);
        Assert.Empty(ShownTo(_session.Say(seed, PeerMessage.KeepAlive), others));

        outputs = _session.Give(SwarmInput.BlockSent(shown.Slot, sending[0]));
        Assert.NotEqual(shown.Slot, Assert.Single(ShownTo(outputs, others)).Slot);
    }

    [Fact]
    public void When_nobody_asks_all_are_shown_one_after_the_other_and_each_once()
    {
        PeerSlot seed = _session.ConnectSeed(out List<BlockRef> asked);
        PeerSlot[] others = Connect(3);
        List<SwarmOutput> outputs = Fetch(seed, asked, out _);

        outputs.AddRange(_session.Wait(4 * SwarmOptions.Default.ShowInterval));

        Assert.Equal(others.Order(Comparer<PeerSlot>.Create((left, right) => left.Index - right.Index)), ShownTo(outputs, others).Select(output => output.Slot).OrderBy(slot => slot.Index));
    }

    [Fact]
    public void What_is_new_is_shown_together_but_not_what_the_peer_has()
    {
        PeerSlot seed = _session.ConnectSeed(out List<BlockRef> asked);
        PeerSlot other = ConnectExtended();
        Fetch(seed, asked, out int first);
        PeerSlot late = ConnectExtended();
        _session.Say(late, PeerMessage.HaveNone);
        _session.Say(other, PeerMessage.HaveNone);
        Ask(other, first);
        asked = asked[BlocksPerPiece..];
        List<SwarmOutput> outputs = Fetch(seed, asked, out int second);
        _session.Say(late, PeerMessage.Have(second));

        outputs.AddRange(_session.Wait(SwarmOptions.Default.ShowInterval));

        Assert.Empty(ShownTo(outputs, [late])); // it was greeted with the first, and has the second
    }

    [Fact]
    public void An_origin_is_told_soon_also_of_what_it_has_shown_us()
    {
        PeerSlot seed = _session.ConnectSeed(out List<BlockRef> asked);
        PeerSlot origin = ConnectExtended();
        _session.Say(origin, PeerMessage.HaveNone);
        _session.Say(origin, PeerMessage.Extended(0, new ExtensionHandshake(ListenPort: 0, RequestsMax: 0, IsUploadOnly: true).ToPayload()));
        _session.Say(origin, PeerMessage.Have(asked[0].Piece));
        List<SwarmOutput> outputs = Fetch(seed, asked, out int piece);

        outputs.AddRange(_session.Wait(SwarmOptions.Default.TellDelay + SwarmOptions.Default.ShowInterval));

        Assert.Equal(piece, Assert.Single(ShownTo(outputs, [origin])).Message.Piece);
    }

    [Fact]
    public void Who_takes_nothing_does_not_keep_others_from_being_shown_something()
    {
        PeerSlot seed = _session.ConnectSeed(out List<BlockRef> asked);
        PeerSlot[] others = Connect(2);
        SwarmOutput shown = Assert.Single(ShownTo(Fetch(seed, asked, out int piece), others));
        Ask(shown.Slot, piece);

        List<SwarmOutput> outputs = _session.Wait(SwarmOptions.Default.SendPatience + (2 * SwarmOptions.Default.ShowInterval));

        Assert.NotEqual(shown.Slot, Assert.Single(ShownTo(outputs, others)).Slot);
    }

    private PeerSlot[] Connect(int count)
    {
        PeerSlot[] peers = [.. Enumerable.Range(0, count).Select(_ => ConnectExtended())];
        foreach (PeerSlot peer in peers)
        {
            _session.Say(peer, PeerMessage.HaveNone);
        }

        return peers;
    }

    private PeerSlot ConnectExtended() => _session.Connect(extensions: true);

    /// <summary>The first piece that was asked for comes from the seed, and is stored. What is asked for meanwhile is added.</summary>
    private List<SwarmOutput> Fetch(PeerSlot seed, List<BlockRef> asked, out int piece)
    {
        piece = asked[0].Piece;
        for (int block = 0; block < BlocksPerPiece; block++)
        {
            asked.AddRange(LoneSession.Requests(_session.Send(seed, _session.Metainfo.Layout.Block(piece, block), handle: block)));
        }

        return _session.Give(SwarmInput.PieceStored(piece));
    }

    /// <summary>The peer asks for the whole piece; gives what is then being sent.</summary>
    private List<BlockRef> Ask(PeerSlot peer, int piece)
    {
        List<SwarmOutput> outputs = _session.Say(peer, PeerMessage.Interested);
        for (int block = 0; block < BlocksPerPiece; block++)
        {
            outputs.AddRange(_session.Say(peer, PeerMessage.Request(_session.Metainfo.Layout.Block(piece, block))));
        }

        return [.. outputs.Where(output => output.Kind == SwarmOutputKind.SendBlock).Select(output => output.Block)];
    }

    private static SwarmOutput[] ShownTo(List<SwarmOutput> outputs, PeerSlot[] peers) =>
        [.. outputs.Where(output => output.Kind == SwarmOutputKind.SendMessage && output.Message.Type == PeerMessageType.Have && peers.Contains(output.Slot))];
}
