using System.Net;

namespace Murder.Swarm.Tests;

/// <summary>One session among peers that behave, and that do not.</summary>
public class ProtocolTests
{
    private const int Block = PieceLayout.BlockLength;

    [Theory]
    [InlineData(0, 0, Block * 2)]
    [InlineData(0, 0, 131072)]
    [InlineData(0, 1, Block)]
    [InlineData(0, 0, 0)]
    [InlineData(0, 4 * Block, Block)]
    [InlineData(10, 0, Block)]
    [InlineData(-1, 0, Block)]
    [InlineData(0, -Block, Block)]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue)]
    public void A_request_beyond_a_block_or_outside_the_torrent_closes_the_connection(int piece, int offset, int length)
    {
        LoneSession session = new(TestMetainfo.OfPieces(10, 4), Bitfield.Full(10));
        PeerSlot peer = session.Connect();

        Assert.Equal(CloseReason.ProtocolError, LoneSession.Closed(session.Say(peer, PeerMessage.Request(new BlockRef(piece, offset, length)))));
    }

    [Fact]
    public void A_fast_peer_gets_exactly_one_answer_to_every_request()
    {
        LoneSession session = new(TestMetainfo.OfPieces(10, 4), Bitfield.Full(10), SwarmOptions.Default with { RequestsQueuedPerPeerMax = 20 });
        PeerSlot peer = session.Connect();
        BlockRef[] blocks = [.. Enumerable.Range(0, 40).Select(number => session.Metainfo.Layout.Block(number / 4, number % 4))];
        List<SwarmOutput> outputs = [.. session.Say(peer, PeerMessage.Request(blocks[0]))]; // choked: rejected
        outputs.AddRange(session.Say(peer, PeerMessage.Interested));
        outputs.AddRange(blocks[1..].SelectMany(block => session.Say(peer, PeerMessage.Request(block))));
        outputs.AddRange(session.Say(peer, PeerMessage.Cancel(blocks[20])));
        for (int sent = 0; sent < outputs.Count; sent++)
        {
            if (outputs[sent].Kind == SwarmOutputKind.SendBlock)
            {
                outputs.AddRange(session.Give(SwarmInput.BlockSent(peer, outputs[sent].Block)));
            }
        }

        IEnumerable<BlockRef> answered = outputs.Where(output => output.Kind == SwarmOutputKind.SendBlock).Select(output => output.Block)
            .Concat(LoneSession.Messages(outputs, PeerMessageType.RejectRequest).Select(message => message.Block));
        Assert.Equal(blocks, answered.OrderBy(block => block.Piece).ThenBy(block => block.Offset));
    }

    [Fact]
    public void No_more_blocks_are_with_the_driver_than_the_bound()
    {
        LoneSession session = new(TestMetainfo.OfPieces(10, 4), Bitfield.Full(10));
        PeerSlot peer = session.Connect();
        session.Say(peer, PeerMessage.Interested);

        int sending = Enumerable.Range(0, 40).Sum(number =>
            session.Say(peer, PeerMessage.Request(session.Metainfo.Layout.Block(number / 4, number % 4))).Count(output => output.Kind == SwarmOutputKind.SendBlock));

        Assert.Equal(SwarmOptions.Default.BlocksInSendPerPeerMax, sending);
    }

    [Fact]
    public void Each_message_that_breaks_the_protocol_closes_the_connection()
    {
        PeerMessage[] broken =
        [
            PeerMessage.Have(10),
            PeerMessage.Bitfield(new byte[3]),
            PeerMessage.Bitfield(new byte[] { 0, 1 }),
            PeerMessage.SuggestPiece(10),
            PeerMessage.AllowedFast(int.MaxValue),
        ];
        foreach (PeerMessage message in broken)
        {
            LoneSession session = new(TestMetainfo.OfPieces(10, 4));

            Assert.Equal(CloseReason.ProtocolError, LoneSession.Closed(session.Say(session.Connect(), message)));
        }
    }

    [Fact]
    public void A_second_bitfield_closes_the_connection()
    {
        LoneSession session = new(TestMetainfo.OfPieces(10, 4));
        PeerSlot peer = session.Connect();
        session.Say(peer, PeerMessage.HaveNone);

        Assert.Equal(CloseReason.ProtocolError, LoneSession.Closed(session.Say(peer, PeerMessage.HaveAll)));
    }

    [Fact]
    public void A_peer_without_the_fast_extension_gets_a_bitfield_and_no_reject()
    {
        Bitfield allButTheLast = Bitfield.Full(10);
        allButTheLast.Remove(9);
        LoneSession session = new(TestMetainfo.OfPieces(10, 4), allButTheLast);
        PeerSlot slot = new(0, 1);
        session.Give(SwarmInput.PeerConnected(slot, LoneSession.EndpointOf(slot), isOutgoing: false));

        List<SwarmOutput> greeting = session.Give(SwarmInput.HandshakeReceived(slot, session.HandshakeOf(1, fast: false)));

        Assert.Single(LoneSession.Messages(greeting, PeerMessageType.Bitfield));
        Assert.Empty(session.Say(slot, PeerMessage.Request(session.Metainfo.Layout.Block(9, 0))));
    }

    [Fact]
    public void Another_torrent_ourselves_and_silence_are_refused()
    {
        LoneSession session = new(TestMetainfo.OfPieces(10, 4));
        PeerSlot other = new(0, 1);
        PeerSlot self = new(1, 1);
        PeerSlot silent = new(2, 1);
        foreach (PeerSlot slot in new[] { other, self, silent })
        {
            session.Give(SwarmInput.PeerConnected(slot, LoneSession.EndpointOf(slot), isOutgoing: false));
        }

        Assert.Equal(CloseReason.HandshakeMismatch, LoneSession.Closed(session.Give(SwarmInput.HandshakeReceived(other, session.HandshakeOf(1) with { InfoHash = new byte[20] }))));
        Assert.Equal(CloseReason.Duplicate, LoneSession.Closed(session.Give(SwarmInput.HandshakeReceived(self, session.HandshakeOf(0)))));
        Assert.Equal(CloseReason.TimedOut, LoneSession.Closed(session.Wait(SwarmOptions.Default.HandshakeTimeout)));
    }

    [Fact]
    public void A_peer_that_connected_to_us_is_not_connected_to_when_the_tracker_tells_of_it()
    {
        LoneSession session = new(TestMetainfo.OfPieces(10, 4));
        PeerSlot met = new(0, 1);
        IPEndPoint listens = new(LoneSession.EndpointOf(met).Address, 6881);
        IPEndPoint stranger = new(LoneSession.EndpointOf(met).Address, 6882);
        session.Give(SwarmInput.PeerConnected(met, LoneSession.EndpointOf(met), isOutgoing: false));
        session.Give(SwarmInput.HandshakeReceived(met, session.HandshakeOf(1) with { SupportsExtensions = true }));
        session.Say(met, PeerMessage.Extended(0, new ExtensionHandshake(listens.Port, RequestsMax: 0, IsUploadOnly: false).ToPayload()));

        List<SwarmOutput> outputs = session.Give(SwarmInput.TrackerAnswered([listens, stranger], TimeSpan.FromMinutes(1)));

        Assert.Equal([stranger], outputs.Where(output => output.Kind == SwarmOutputKind.OpenConnection).Select(output => output.Endpoint!));
    }

    [Fact]
    public void A_corrupt_block_of_a_one_block_piece_bans_its_sender_at_once()
    {
        LoneSession session = new(TestMetainfo.OfPieces(3, 1));
        PeerSlot peer = session.ConnectSeed(out List<BlockRef> asked);

        List<SwarmOutput> outputs = session.Send(peer, asked[0], handle: 7, isTrue: false);

        SwarmOutput ban = Assert.Single(outputs, output => output.Kind == SwarmOutputKind.PeerBanned);
        Assert.Equal((LoneSession.EndpointOf(peer), asked[0]), (ban.Endpoint, ban.Block));
        Assert.Equal(CloseReason.SentCorruptData, LoneSession.Closed(outputs));
        Assert.Equal(7, Assert.Single(outputs, output => output.Kind == SwarmOutputKind.ReleaseBlock).Handle);
        PeerSlot again = new(5, 1);
        session.Give(SwarmInput.PeerConnected(again, LoneSession.EndpointOf(again), isOutgoing: false));
        Assert.Equal(CloseReason.Banned, LoneSession.Closed(session.Give(SwarmInput.HandshakeReceived(again, session.HandshakeOf(peer.Index + 1)))));
    }

    [Fact]
    public void Of_several_senders_exactly_the_liar_is_banned_and_only_its_block_is_fetched_again()
    {
        LoneSession session = new(TestMetainfo.OfPieces(1, 4), options: SwarmOptions.Default with { RequestsPerPeerStart = 2, RequestsPerPeerMax = 2 });
        PeerSlot honest = session.ConnectSeed(out List<BlockRef> first);
        PeerSlot liar = session.ConnectSeed(out List<BlockRef> second);
        PeerSlot witness = session.ConnectSeed(out List<BlockRef> none);
        Assert.Empty(none);
        session.Send(honest, first[0], 1);
        session.Send(honest, first[1], 2);
        session.Send(liar, second[0], 3);

        List<SwarmOutput> outputs = session.Send(liar, second[1], 4, isTrue: false);
        SwarmOutput question = Assert.Single(outputs, output => output.Kind == SwarmOutputKind.SendMessage && output.Message.Type == PeerMessageType.HashRequest);
        Assert.Equal(witness, question.Slot);
        HashRequest request = question.Message.Hash;
        Assert.Equal((0, 0, 4, 0), (request.BaseLayer, request.Index, request.Length, request.ProofLayers));
        outputs = session.Say(witness, PeerMessage.HashesOf(request, Leaves(session, 4)));

        Assert.Equal(second[1], Assert.Single(outputs, output => output.Kind == SwarmOutputKind.PeerBanned).Block);
        Assert.Equal(liar, Assert.Single(outputs, output => output.Kind == SwarmOutputKind.CloseConnection).Slot);
        Assert.Equal(4, Assert.Single(outputs, output => output.Kind == SwarmOutputKind.ReleaseBlock).Handle);
        Assert.Equal([second[1]], LoneSession.Requests(outputs));
        PeerSlot asked = outputs.First(output => output.Kind == SwarmOutputKind.SendMessage && output.Message.Type == PeerMessageType.Request).Slot;
        Assert.Equal([1, 2, 3, 5], Assert.Single(session.Send(asked, second[1], 5), output => output.Kind == SwarmOutputKind.StorePiece).Handles.ToArray().Order());
    }

    [Fact]
    public void Who_lies_about_leaves_is_banned_and_another_is_asked_until_the_piece_is_given_up()
    {
        LoneSession session = new(TestMetainfo.OfPieces(1, 4), options: SwarmOptions.Default with { RequestsPerPeerStart = 2, RequestsPerPeerMax = 2 });
        PeerSlot first = session.ConnectSeed(out List<BlockRef> ofFirst);
        PeerSlot second = session.ConnectSeed(out List<BlockRef> ofSecond);
        PeerSlot witness = session.ConnectSeed(out _);
        session.Send(first, ofFirst[0], 1);
        session.Send(first, ofFirst[1], 2);
        session.Send(second, ofSecond[0], 3);
        HashRequest request = LoneSession.Messages(session.Send(second, ofSecond[1], 4, isTrue: false), PeerMessageType.HashRequest).Single().Hash;

        List<SwarmOutput> outputs = session.Say(witness, PeerMessage.HashesOf(request, new Hash256[4]));
        Assert.Equal(LoneSession.EndpointOf(witness), Assert.Single(outputs, output => output.Kind == SwarmOutputKind.PeerBanned).Endpoint);
        Assert.Single(LoneSession.Messages(outputs, PeerMessageType.HashRequest));
        outputs = session.Say(first, PeerMessage.HashReject(request));
        Assert.Single(LoneSession.Messages(outputs, PeerMessageType.HashRequest));
        outputs = session.Wait(SwarmOptions.Default.RequestTimeout); // the second says nothing

        Assert.Equal([1, 2, 3, 4], outputs.Where(output => output.Kind == SwarmOutputKind.ReleaseBlock).Select(output => output.Handle).Order());
        Assert.Equal(4, LoneSession.Requests(outputs).Count);
    }

    [Fact]
    public void Blocks_that_nobody_asked_for_are_tolerated_but_not_for_ever()
    {
        LoneSession session = new(TestMetainfo.OfPieces(300, 1), Bitfield.Full(300));
        PeerSlot peer = session.Connect();
        List<SwarmOutput> outputs = [];

        for (int handle = 0; LoneSession.Closed(outputs) is null; handle++)
        {
            outputs = session.Send(peer, session.Metainfo.Layout.Block(handle, 0), handle);
            Assert.Single(outputs, output => output.Kind == SwarmOutputKind.ReleaseBlock);
            Assert.True(handle <= SwarmOptions.Default.UnaskedAnswersMax);
        }

        Assert.Equal(CloseReason.ProtocolError, LoneSession.Closed(outputs));
    }

    [Fact]
    public void A_full_store_stops_the_fetching_and_every_buffer_comes_back()
    {
        LoneSession session = new(TestMetainfo.OfPieces(10, 4));
        PeerSlot peer = session.ConnectSeed(out List<BlockRef> asked);
        session.Send(peer, asked[0], 1);

        List<SwarmOutput> outputs = session.Give(SwarmInput.StorageFailed(5));

        Assert.Equal(1, Assert.Single(outputs, output => output.Kind == SwarmOutputKind.ReleaseBlock).Handle);
        outputs = session.Send(peer, asked[1], 2);
        Assert.Equal(2, Assert.Single(outputs).Handle);
    }

    [Fact]
    public void A_choked_leech_asks_again_of_others_what_was_rejected()
    {
        LoneSession session = new(TestMetainfo.OfPieces(2, 4));
        PeerSlot first = session.ConnectSeed(out List<BlockRef> asked);
        session.ConnectSeed(out List<BlockRef> none);
        Assert.Equal((8, 0), (asked.Count, none.Count));
        session.Say(first, PeerMessage.Choke);

        Assert.Equal([asked[3]], LoneSession.Requests(session.Say(first, PeerMessage.RejectRequest(asked[3]))));
    }

    [Fact]
    public void Nothing_a_stranger_says_throws()
    {
        PeerMessageType[] types = Enum.GetValues<PeerMessageType>();
        for (ulong seed = 0; seed < 300; seed++)
        {
            SwarmRandom random = new(seed);
            LoneSession session = new(new TestMetainfo(2 * Block, 9 * Block, 100, 2 * Block), seed % 2 == 0 ? null : Bitfield.Full(7));
            PeerSlot[] peers = [session.Connect(random.Next(2) == 0), session.Connect(), session.ConnectSeed(out _)];
            for (int step = 0; step < 60; step++)
            {
                PeerSlot peer = peers[random.Next(peers.Length)];
                BlockRef block = random.Next(3) == 0
                    ? new BlockRef(random.Next(12) - 2, random.Next(5) * (Block / 2), random.Next(2 * Block))
                    : session.Metainfo.Layout.Block(random.Next(7), 0);
                byte[] body = [(byte)types[1 + random.Next(types.Length - 1)], .. Enumerable.Range(0, random.Next(4) == 0 ? random.Next(60) : 4).Select(_ => (byte)random.Next(9))];
                if (random.Next(4) == 0)
                {
                    session.Give(SwarmInput.BlockReceived(peer, block, Hash256.Of(body), step));
                }
                else if (random.Next(3) == 0)
                {
                    session.Say(peer, random.Next(2) == 0 ? PeerMessage.Request(block) : PeerMessage.RejectRequest(block));
                }
                else if (PeerMessageCodec.TryRead(body, out PeerMessage message) && message.Type != PeerMessageType.Piece)
                {
                    session.Say(peer, message);
                }
            }
        }
    }

    private static Hash256[] Leaves(LoneSession session, int count) => [.. Enumerable.Range(0, count).Select(block => session.Metainfo.LeafOf(0, block))];
}
