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

    /// <summary>A clock with one timer, which goes off by hand.</summary>
    private sealed class TimerOnly : TimeProvider, ITimer
    {
        private Action _fire = () => { };

        public (TimeSpan In, TimeSpan Every) Due { get; set; }

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
            return true;
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
