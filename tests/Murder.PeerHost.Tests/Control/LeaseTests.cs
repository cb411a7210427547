namespace Murder.PeerHost.Tests;

public sealed class LeaseTests
{
    [Fact]
    public void IsRenewedForItsWholeLengthAndExpiresOnce()
    {
        TimerOnly time = new();
        int expired = 0;
        using Lease lease = new(TimeSpan.FromSeconds(60), time, () => expired++);
        Assert.Equal((TimeSpan.FromSeconds(60), Timeout.InfiniteTimeSpan), time.Due);

        time.Due = default;
        lease.Renew();

        Assert.Equal((TimeSpan.FromSeconds(60), Timeout.InfiniteTimeSpan), time.Due);
        Assert.Equal(0, expired);
        time.Fire();
        Assert.Equal(1, expired);
    }

    /// <summary>A long line on a slow link holds back the pings behind it.</summary>
    [Fact]
    public async Task IsRenewedByEveryPartOfALineThatIsNotYetWhole()
    {
        TimerOnly time = new();
        Ending ending = new();
        using Lease lease = new(TimeSpan.FromSeconds(60), time, () => ending.Request(EndReason.DeployerGone));
        using DripStream input = new("{\"type\":\"fetch\""u8.ToArray());
        new ControlChannel(input, Stream.Null, lease, ending).Listen();

        Assert.Equal(EndReason.DeployerGone, await ending.Reason);
        Assert.Equal(1 + input.Length, time.ChangeCount);
    }

    /// <summary>Gives one byte at a time, as the slowest of links.</summary>
    private sealed class DripStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..1]);
    }

    /// <summary>A clock with one timer, which goes off by hand.</summary>
    private sealed class TimerOnly : TimeProvider, ITimer
    {
        private Action _fire = () => { };

        public (TimeSpan In, TimeSpan Every) Due { get; set; }

        public int ChangeCount { get; private set; }

        public void Fire() => _fire();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _fire = () => callback(state);
            Change(dueTime, period);
            return this;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = (dueTime, period);
            ChangeCount++;
            return true;
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
