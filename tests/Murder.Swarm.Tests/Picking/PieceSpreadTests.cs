namespace Murder.Swarm.Tests;

/// <summary>Who was shown which piece, as a picture: one character a piece, the peer's number, or <c>.</c> for nobody.</summary>
public class PieceSpreadTests
{
    private const int PieceLength = 4 * PieceLayout.BlockLength;

    private readonly PieceLayout _layout = TestMetainfo.OfPieces(8, 4).Layout;
    private Instant _now = new(TimeSpan.TicksPerSecond);
    private SendRate _rate = null!;

    [Fact]
    public void Each_piece_is_shown_to_one_peer_and_little_is_shown_ahead()
    {
        PieceSpread spread = SpreadTo(peers: 3, piecesAhead: 4);

        Assert.Equal("0210....", Show(spread));
        Assert.Equal("........", Show(spread));
    }

    [Fact]
    public void Peers_that_came_one_after_the_other_are_not_shown_pieces_one_after_the_other()
    {
        PieceSpread spread = SpreadTo(peers: 8, piecesAhead: 8);

        Assert.Equal("05274163", Show(spread));
    }

    [Fact]
    public void A_peer_that_takes_nothing_is_given_up_the_sooner_the_faster_the_link()
    {
        PieceSpread spread = SpreadTo(peers: 2, piecesAhead: 4, showTime: TimeSpan.FromMilliseconds(3));
        Show(spread);
        for (int block = 0; block < 400; block++)
        {
            _now += TimeSpan.FromMilliseconds(1); // 16 KiB a millisecond, and four pieces ahead: a turn is 19 ms
            _rate.Add(PieceLayout.BlockLength, _now);
            spread.Sent(1, _layout.Block(1, block % 4), _now);
        }

        Assert.InRange((spread.TakeBackStalled(_now)!.Value - _now).TotalMilliseconds, 300, 500);
        Assert.StartsWith("1.1.", Show(spread));
    }

    [Fact]
    public void More_is_shown_while_too_little_is_asked_for_but_nobody_gets_more_while_it_has_half_a_piece_to_take()
    {
        PieceSpread spread = SpreadTo(peers: 4, piecesAhead: 2, showTime: TimeSpan.FromMilliseconds(50));
        Assert.Equal("02......", Show(spread));
        _now += TimeSpan.FromMilliseconds(50);

        Assert.Equal("........", Show(spread, piecesAsked: 2));
        Assert.Equal("..1.....", Show(spread, piecesAsked: 1));
        Assert.Equal("...3....", Show(spread));
        _now += TimeSpan.FromMilliseconds(50);
        Assert.Equal("........", Show(spread)); // all have a whole piece
        for (int block = 0; block < 3; block++)
        {
            spread.Sent(2, _layout.Block(1, block), _now);
        }

        Assert.Equal("....2...", Show(spread));
    }

    [Fact]
    public void Few_peers_have_together_what_keeps_the_link_busy()
    {
        PieceSpread spread = SpreadTo(peers: 1, piecesAhead: 3, showTime: TimeSpan.FromMilliseconds(50));
        Assert.Equal("000.....", Show(spread));
        _now += TimeSpan.FromMilliseconds(50);

        Assert.Equal("........", Show(spread));
    }

    [Fact]
    public void The_next_piece_goes_to_whoever_has_the_least_to_take()
    {
        PieceSpread spread = SpreadTo(peers: 3, piecesAhead: 3);
        Show(spread);

        SendPiece(spread, peer: 2, piece: 1);

        Assert.Equal("...2....", Show(spread));
    }

    [Fact]
    public void A_piece_is_out_when_it_was_sent_or_somebody_has_it()
    {
        PieceSpread spread = SpreadTo(peers: 2, piecesAhead: 8);
        spread.SetOut(0);

        Assert.Equal(".0101010", Show(spread));
        for (int piece = 1; piece < 7; piece++)
        {
            SendPiece(spread, peer: (piece + 1) % 2, piece);
            Assert.False(spread.IsOver);
        }

        spread.SetOut(7);
        Assert.True(spread.IsOver);
    }

    [Fact]
    public void While_the_link_is_idle_one_peer_after_the_other_loses_what_it_does_not_take()
    {
        PieceSpread spread = SpreadTo(peers: 3, piecesAhead: 8);
        Assert.Equal("02102102", Show(spread));
        for (int piece = 0; piece < 3; piece++)
        {
            _now += TimeSpan.FromMilliseconds(400);
            _rate.Add(PieceLength, _now);
            SendPiece(spread, "021"[piece] - '0', piece);
        }

        Assert.Equal("........", ShowIdle(spread)); // the link was busy just now
        _now += TimeSpan.FromSeconds(4);

        Assert.Equal("...1..2.", ShowIdle(spread)); // what peer 0 had, which was sent something before the others were
        Assert.Equal("........", ShowIdle(spread)); // the next one must wait for its turn
        Assert.False(spread.IsOver);
    }

    [Fact]
    public void Before_anything_has_left_the_link_is_not_idle()
    {
        PieceSpread spread = SpreadTo(peers: 2, piecesAhead: 8);
        Show(spread);
        _now += TimeSpan.FromSeconds(1);

        Assert.Equal("........", ShowIdle(spread));
    }

    [Fact]
    public void What_was_shown_just_now_is_not_taken_back_however_idle_the_link()
    {
        PieceSpread spread = SpreadTo(peers: 2, piecesAhead: 8);
        for (int second = 0; second < 3; second++)
        {
            _now += TimeSpan.FromSeconds(1);
            _rate.Add(8 * PieceLength, _now);
        }

        _now += TimeSpan.FromSeconds(4);
        Assert.Equal("01010101", Show(spread));

        Assert.Equal("........", ShowIdle(spread));
    }

    [Fact]
    public void What_a_lost_peer_was_shown_is_shown_to_another()
    {
        PieceSpread spread = SpreadTo(peers: 2, piecesAhead: 4);
        Show(spread);

        spread.RemovePeer(0);

        Assert.Equal("1.1.....", Show(spread));
    }

    [Fact]
    public void What_a_peer_does_not_take_in_time_is_shown_to_another_and_it_comes_last_for_as_long_again()
    {
        PieceSpread spread = SpreadTo(peers: 2, piecesAhead: 4);
        Show(spread);
        _now += SwarmOptions.Default.SpreadPatienceMax / 2;
        spread.Sent(1, _layout.Block(1, 0), _now);
        _now += SwarmOptions.Default.SpreadPatienceMax / 2;

        Instant? next = spread.TakeBackStalled(_now);

        Assert.Equal(_now + (SwarmOptions.Default.SpreadPatienceMax / 2), next);
        Assert.Equal("1.......", Show(spread, piecesAsked: 3));
        Assert.StartsWith("..0", Show(spread)); // the other one has its share
    }

    [Fact]
    public void Who_took_nothing_is_shown_something_again_when_the_others_have_enough()
    {
        PieceSpread spread = SpreadTo(peers: 2, piecesAhead: 1);
        Assert.Equal("0.......", Show(spread));
        _now += SwarmOptions.Default.SpreadPatienceMax;
        spread.TakeBackStalled(_now);
        Assert.Equal("1.......", Show(spread));
        _now += TimeSpan.FromMilliseconds(50);

        Assert.Equal(".0......", Show(spread));
    }

    [Fact]
    public void More_is_shown_ahead_the_faster_the_link()
    {
        PieceSpread spread = SpreadTo(peers: 2, piecesAhead: 1, showTime: TimeSpan.FromMilliseconds(50));
        Assert.Equal("0.......", Show(spread));

        for (int block = 0; block < 4; block++)
        {
            _now += TimeSpan.FromMilliseconds(25); // four blocks in 100 ms: two more within 50
            _rate.Add(PieceLayout.BlockLength, _now);
            spread.Sent(0, _layout.Block(0, block), _now);
        }

        Assert.Equal(".10.....", Show(spread));
    }

    private PieceSpread SpreadTo(int peers, int piecesAhead, TimeSpan? showTime = null)
    {
        SwarmOptions options = SwarmOptions.Default with { ShowBytesMin = piecesAhead * PieceLength, ShowTime = showTime ?? TimeSpan.FromMilliseconds(50) };
        _rate = new SendRate(options);
        PieceSpread spread = new(_layout, options, _rate);
        for (int peer = 0; peer < peers; peer++)
        {
            spread.AddPeer(peer, _now);
        }

        return spread;
    }

    private string Show(PieceSpread spread, int piecesAsked = 0)
    {
        char[] picture = new string('.', _layout.PieceCount).ToCharArray();
        while (spread.TryShow(piecesAsked * PieceLength, _now, out int peer, out int piece))
        {
            Assert.Equal('.', picture[piece]);
            picture[piece] = (char)('0' + peer);
        }

        return new string(picture);
    }

    private string ShowIdle(PieceSpread spread)
    {
        spread.TakeBackWhileIdle(_now);
        return Show(spread);
    }

    private void SendPiece(PieceSpread spread, int peer, int piece)
    {
        for (int block = 0; block < 4; block++)
        {
            spread.Sent(peer, _layout.Block(piece, block), _now);
        }
    }
}
