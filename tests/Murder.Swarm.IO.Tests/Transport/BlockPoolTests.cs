namespace Murder.Swarm.IO.Tests;

public sealed class BlockPoolTests
{
    [Fact]
    public async Task Buffers_do_not_overlap()
    {
        BlockPool pool = new(storingMax: 1);
        int[] handles = new int[200];
        for (int at = 0; at < handles.Length; at++)
        {
            handles[at] = await pool.RentAsync(default);
            pool[handles[at]].Span.Fill((byte)at);
        }

        Assert.Equal(200, pool.Rented);
        Assert.All(handles, (handle, at) => Assert.False(pool[handle].Span.ContainsAnyExcept((byte)at)));
        Assert.All(handles, pool.Return);
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public async Task A_buffer_is_returned_once()
    {
        BlockPool pool = new(storingMax: 1);
        int handle = await pool.RentAsync(default);
        pool.Return(handle);

        Assert.Throws<InvalidOperationException>(() => pool.Return(handle));
    }

    [Fact]
    public async Task Nobody_rents_while_the_disk_is_behind_and_everybody_does_once_it_has_caught_up()
    {
        BlockPool pool = new(storingMax: 2);
        int[] handles = [await pool.RentAsync(default), await pool.RentAsync(default)];
        pool.BeginStoring(2);
        Task<int>[] waiting = [pool.RentAsync(default).AsTask(), pool.RentAsync(default).AsTask()];
        Assert.All(waiting, rent => Assert.False(rent.IsCompleted));

        pool.EndStoring(handles);

        Assert.Equal(2, (await Task.WhenAll(waiting)).Distinct().Count());
    }

    [Fact]
    public async Task A_wait_for_the_disk_can_be_given_up()
    {
        BlockPool pool = new(storingMax: 1);
        await pool.RentAsync(default);
        pool.BeginStoring(1);
        using CancellationTokenSource cancel = new();
        Task<int> waiting = pool.RentAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
