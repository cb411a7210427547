namespace Murder.Swarm.Tests;

/// <summary>Pieces as pictures: one character a piece; availability as digits, who has what as stars.</summary>
public class PiecePickerTests
{
    private static readonly Instant Now = new(1);

    [Fact]
    public void The_rarest_piece_comes_first()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            PiecePicker picker = PickerOf("2223133", have: "       ", seed: seed);

            Assert.Equal(4, Pick(picker, "*******").Piece);
        }
    }

    [Fact]
    public void A_rarer_piece_that_the_peer_lacks_is_passed_over()
    {
        PiecePicker picker = PickerOf("1223333", have: "       ");

        Assert.Contains(Pick(picker, " ******").Piece, new[] { 1, 2 });
    }

    [Fact]
    public void What_we_have_is_not_picked()
    {
        PiecePicker picker = PickerOf("2223333", have: "* * *  ");

        Assert.Equal(1, Pick(picker, "*******").Piece);
    }

    [Fact]
    public void Nothing_is_picked_when_the_peer_has_nothing_that_we_lack() =>
        Assert.False(TryPick(PickerOf("111", have: "*  "), "*  ", out _));

    [Fact]
    public void Among_equally_rare_pieces_chance_decides_by_the_seed()
    {
        int[] picks = [.. Enumerable.Range(0, 40).Select(seed => Pick(PickerOf("2222222", "       ", seed: (ulong)seed), "*******").Piece)];

        Assert.True(picks.Distinct().Count() > 4);
        Assert.Equal(picks, Enumerable.Range(0, 40).Select(seed => Pick(PickerOf("2222222", "       ", seed: (ulong)seed), "*******").Piece));
    }

    [Fact]
    public void A_piece_that_is_begun_comes_before_a_rarer_new_one()
    {
        PiecePicker picker = PickerOf("2213333", have: "       ", blocksPerPiece: 3);
        int peer = AddPeer(picker, "*******");
        int other = AddPeer(picker, "**     ");
        Assert.True(picker.TryPick(other, 250, Now, out BlockRef begun));

        Assert.True(picker.TryPick(peer, 250, Now, out BlockRef next));

        Assert.Equal((begun.Piece, 1), (next.Piece, next.Index));
    }

    [Fact]
    public void No_block_is_asked_twice_before_the_end_game()
    {
        PiecePicker picker = PickerOf("2222", have: "    ", blocksPerPiece: 4);
        int first = AddPeer(picker, "****");
        int second = AddPeer(picker, "****");
        List<BlockRef> picked = [];
        while (picker.TryPick(picked.Count % 2 == 0 ? first : second, 250, Now, out BlockRef block))
        {
            picked.Add(block);
        }

        Assert.Equal(16, picked.Distinct().Count());
        Assert.Equal(16, picked.Count);
        Assert.True(picker.IsEndGame);
    }

    [Fact]
    public void In_the_end_game_an_idle_peer_is_asked_for_what_a_silent_one_holds_and_arrival_cancels_it()
    {
        PiecePicker picker = PickerOf("1", have: " ", blocksPerPiece: 2);
        int silent = AddPeer(picker, "*");
        picker.TryPick(silent, 250, Now, out _);
        picker.TryPick(silent, 250, Now, out BlockRef last);
        int idle = AddPeer(picker, "*");
        Assert.False(picker.TryPick(idle, 250, Now, out _));
        Instant later = Now + TimeSpan.FromSeconds(1);

        Assert.True(picker.TryPick(idle, 250, later, out BlockRef again));
        List<int> cancelled = [];
        Assert.True(picker.Arrive(idle, again, later, cancelled, out bool wasAsked));

        Assert.Equal((last, true), (again, wasAsked));
        Assert.Equal([silent], cancelled);
        picker.CheckInvariants();
    }

    [Fact]
    public void A_silent_peer_loses_its_requests_after_the_timeout_and_gets_one_chance_at_a_time()
    {
        PiecePicker picker = PickerOf("1111", have: "    ", blocksPerPiece: 4);
        int silent = AddPeer(picker, "****");
        while (picker.TryPick(silent, 250, Now, out _))
        {
        }

        List<BlockRef> cancelled = [];
        Instant due = Now + SwarmOptions.Default.RequestTimeout;
        Assert.Equal(due, picker.NextDeadline());
        Assert.True(picker.TryTakeOverdue(due, cancelled, out int overdue));

        Assert.Equal((silent, 16, 0), (overdue, cancelled.Count, picker.RequestCount));
        Assert.True(picker.TryPick(silent, 250, due, out _));
        Assert.False(picker.TryPick(silent, 250, due, out _));
        picker.CheckInvariants();
    }

    [Fact]
    public void What_a_lost_peer_was_asked_for_is_asked_of_others()
    {
        PiecePicker picker = PickerOf("1", have: " ", blocksPerPiece: 4);
        int lost = AddPeer(picker, "*");
        picker.TryPick(lost, 250, Now, out BlockRef first);
        int other = AddPeer(picker, "*");

        picker.RemovePeer(lost);

        Assert.True(picker.TryPick(other, 250, Now, out BlockRef again));
        Assert.Equal(first, again);
        Assert.Equal(2, picker.AvailabilityOf(0)); // the picture's, and the other
        picker.CheckInvariants();
    }

    [Fact]
    public void No_more_pieces_are_begun_than_the_bound_but_what_is_stuck_makes_room()
    {
        SwarmOptions options = SwarmOptions.Default with { BlocksBegunMax = 8 };
        PiecePicker picker = PickerOf("1111", have: "    ", blocksPerPiece: 4, options: options);
        int first = AddPeer(picker, "**  ");
        int second = AddPeer(picker, "  **");
        while (picker.TryPick(first, 250, Now, out _))
        {
        }

        Assert.Equal(8, picker.RequestCount);
        Assert.False(picker.TryPick(second, 250, Now, out _));
        picker.RemovePeer(first);

        Assert.True(picker.TryPick(second, 250, Now, out _));
        Assert.True(picker.TryTakeEvicted(out _));
        picker.CheckInvariants();
    }

    [Fact]
    public void A_hundred_thousand_pieces_and_a_peer_that_has_few_are_no_matter()
    {
        const int pieces = 100_000;
        PieceLayout layout = new(PieceLayout.BlockLength, [(long)pieces * PieceLayout.BlockLength]);
        PiecePicker picker = new(layout, new Bitfield(pieces), SwarmOptions.Default with { RequestsMax = pieces, RequestsPerPeerStart = pieces, RequestsPerPeerMax = pieces, BlocksBegunMax = pieces }, new SwarmRandom(1));
        Bitfield few = new(pieces);
        for (int piece = 0; piece < pieces; piece += 1000)
        {
            few.Add(piece);
        }

        picker.AddPeer(0);
        picker.SetHas(0, few);
        int picked = 0;
        while (picker.TryPick(0, int.MaxValue, Now, out BlockRef block))
        {
            Assert.True(few[block.Piece]);
            picked++;
        }

        Assert.Equal(few.Count, picked);
    }

    private static PiecePicker PickerOf(string availability, string have, int blocksPerPiece = 1, ulong seed = 1, SwarmOptions? options = null)
    {
        int pieceLength = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)blocksPerPiece) * PieceLayout.BlockLength;
        PieceLayout layout = new(pieceLength, [.. availability.Select(_ => (long)blocksPerPiece * PieceLayout.BlockLength)]);
        PiecePicker picker = new(layout, Set(have), options ?? SwarmOptions.Default, new SwarmRandom(seed));
        for (char holders = '1'; holders <= availability.Max(); holders++)
        {
            AddPeer(picker, string.Concat(availability.Select(count => count >= holders ? '*' : ' ')));
        }

        return picker;
    }

    private static BlockRef Pick(PiecePicker picker, string has)
    {
        Assert.True(TryPick(picker, has, out BlockRef block));
        picker.CheckInvariants();
        return block;
    }

    private static bool TryPick(PiecePicker picker, string has, out BlockRef block) => picker.TryPick(AddPeer(picker, has), 250, Now, out block);

    private static int AddPeer(PiecePicker picker, string has)
    {
        int peer = picker.PeerPlaces;
        picker.AddPeer(peer);
        Bitfield set = Set(has);
        foreach (int piece in Enumerable.Range(0, set.Length).Where(piece => set[piece]))
        {
            picker.AddHas(peer, piece);
        }

        return peer;
    }

    private static Bitfield Set(string picture)
    {
        Bitfield set = new(picture.Length);
        for (int piece = 0; piece < picture.Length; piece++)
        {
            if (picture[piece] == '*')
            {
                set.Add(piece);
            }
        }

        return set;
    }
}
