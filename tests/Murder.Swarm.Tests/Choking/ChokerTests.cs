namespace Murder.Swarm.Tests;

/// <summary>Peers as a picture, by slot: <c>I</c> interested and choked, <c>i</c> not and choked, <c>S</c> interested and served, <c>s</c> not and served.</summary>
public class ChokerTests
{
    [Theory]
    [InlineData("III", 4, "***")]
    [InlineData("iIi", 4, "***")]
    [InlineData("IIII", 2, "**  ")]
    [InlineData("SSI", 2, "** ")]
    [InlineData("sSI", 2, " **")]
    [InlineData("sSI", 3, "***")]
    [InlineData("iIi", 1, " * ")]
    [InlineData("ss", 1, "* ")]
    [InlineData("", 2, "")]
    public void Everybody_is_unchoked_while_there_is_room_and_then_the_interested(string peers, int max, string unchoked) =>
        Assert.Equal(unchoked, Decide(peers, max, rotate: false));

    [Theory]
    [InlineData("SSI", 2, " **")]
    [InlineData("SSS", 2, "** ")]
    [InlineData("SIi", 2, "** ")]
    public void Whoever_was_served_longest_makes_room_when_somebody_waits(string peers, int max, string unchoked) =>
        Assert.Equal(unchoked, Decide(peers, max, rotate: true));

    private static string Decide(string peers, int max, bool rotate)
    {
        PeerFacts[] facts = [.. peers.Select((peer, at) => new PeerFacts(at, char.IsUpper(peer), peer is 'S' or 's', new Instant(at)))];
        bool[] unchoked = new bool[facts.Length];
        Choker.Decide(facts, max, rotate, unchoked);
        return string.Concat(unchoked.Select(isUnchoked => isUnchoked ? '*' : ' '));
    }
}
