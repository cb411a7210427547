using System.Threading.Channels;

namespace Murder.Swarm.IO;

/// <summary>
/// Wakes the one who waits, from any thread. A ring while nobody waits is kept for the next wait; several rings are one. The woken one goes
/// on inside <see cref="Ring"/>, on the thread of whoever rang: to hand it to another thread costs several times what it has to do.
/// </summary>
internal sealed class Bell
{
    private readonly Channel<bool> _rung = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true, AllowSynchronousContinuations = true });

    public void Ring() => _rung.Writer.TryWrite(true);

    /// <summary>Ends at once when it was rung since the last wait. Allocates nothing, which is why it cannot be cancelled: ring.</summary>
    public ValueTask<bool> WaitAsync() => _rung.Reader.ReadAsync();
}
