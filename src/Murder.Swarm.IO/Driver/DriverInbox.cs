using System.Threading.Channels;

namespace Murder.Swarm.IO;

/// <summary>
/// The one bounded channel through which everything beside the driver's loop reports to it, and the bell that makes the loop look.
/// <para>
/// Who posts carries the loop's next turns out itself, unless another is at it: see <see cref="Bell"/>. Who has several things to post
/// puts all of them first, so that they are one turn.
/// </para>
/// <para>
/// Why nobody waits for ever. The loop waits for nothing but this channel: all it does for an output is to put something into a queue
/// that has room by construction, or that overflows into an answer or a closed connection. So the channel is always drained, and a wait
/// for room in it ends. The writers wait for the disk and for this channel only, so buffers that wait for the disk always come back.
/// Receive loops wait for their socket, for this channel, and for the pool, which makes them wait only while buffers wait for the disk.
/// Send loops wait for their queue, their socket and this channel; a socket that takes nothing holds up its own connection only, whose
/// queue is bounded and whose end does not wait for it. No wait leads back to where it began.
/// </para>
/// <para>
/// One thing is not as strict as that: a send loop that the driver's loop wakes goes on in it, and reads the blocks that it sends. They
/// nearly always lie in the page cache, for they were written or hashed a moment ago; when they do not, the loop waits for the disk.
/// </para>
/// </summary>
internal sealed class DriverInbox
{
    /// <summary>Inputs that wait. With a block each that is 16 MiB.</summary>
    private const int Capacity = 1024;

    private readonly Channel<DriverInput> _channel = Channel.CreateBounded<DriverInput>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly Bell _bell = new();

    /// <summary>Puts and wakes; false when the driver has ended, and what was to be posted remains the caller's.</summary>
    public async ValueTask<bool> PostAsync(DriverInput input)
    {
        bool taken = await PutAsync(input).ConfigureAwait(false);
        Wake();
        return taken;
    }

    /// <summary>As <see cref="PostAsync"/>, but the loop is not told: <see cref="Wake"/> has to follow.</summary>
    public ValueTask<bool> PutAsync(in DriverInput input) =>
        _channel.Writer.TryWrite(input) ? new ValueTask<bool>(true) : PutSlowlyAsync(input);

    /// <summary>Makes the loop take a turn.</summary>
    public void Wake() => _bell.Ring();

    public ValueTask<bool> WaitAsync() => _bell.WaitAsync();

    public bool TryTake(out DriverInput input) => _channel.Reader.TryRead(out input);

    /// <summary>The driver has ended: nothing is posted any more, and nobody waits.</summary>
    public void Close() => _channel.Writer.TryComplete();

    private async ValueTask<bool> PutSlowlyAsync(DriverInput input)
    {
        Wake();
        while (await _channel.Writer.WaitToWriteAsync().ConfigureAwait(false))
        {
            if (_channel.Writer.TryWrite(input))
            {
                return true;
            }
        }

        return false;
    }
}
