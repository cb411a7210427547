namespace Murder.Swarm.Tests;

public class UploadQueueTests
{
    [Fact]
    public void Requests_leave_by_their_place_and_in_the_order_of_coming_among_equals()
    {
        UploadQueue queue = new();
        queue.Add(Block(0), 100);
        queue.Add(Block(1), 101);
        queue.Add(Block(2), 2); // of a piece that nobody was sent
        queue.Add(Block(3), 101);

        Assert.Equal([2, 0, 1, 3], Enumerable.Range(0, 4).Select(_ => queue.Send(new Instant(0)).Piece));
    }

    private static BlockRef Block(int number) => new(number, 0, PieceLayout.BlockLength);
}
