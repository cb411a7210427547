using System.Diagnostics;

namespace Murder.Swarm.IO.Tests;

/// <summary>
/// What passes over real sockets under a limit. That it is no more is true on a machine of any speed; that it is not far less
/// is asked for with much room, for the machine may have other things to do. (Here a driver whose timer fired too early once slept for good.)
/// </summary>
#pragma warning disable CA1001 // xunit disposes of it through IAsyncLifetime
public sealed class RateLimitTests : IAsyncLifetime
{
    private const long Limit = 4_000_000;
    private const int Size = 12_000_000; // 3 s
    private const double Bucket = Limit * 0.1;

    private readonly TestSwarm _swarm = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _swarm.DisposeAsync();

    [Fact]
    public async Task A_member_receives_no_more_also_from_strangers_who_would_send_all_at_once()
    {
        TestRelease release = Sample();
        long sent = 0;
        List<WirePeer> strangers = [.. Enumerable.Range(0, 3).Select(number => new WirePeer(block =>
        {
            Interlocked.Add(ref sent, block.Length);
            return WirePeer.Honest(release, block);
        }))];
        strangers.ForEach(stranger => _swarm.Tracker.Add(stranger.Start()));
        TestSwarm.Member leech = await _swarm.LeechAsync(release, _swarm.Combine("leech"), Limited);

        long start = Stopwatch.GetTimestamp();
        leech.Start();
        await HoldsAsync(leech, start, () => Interlocked.Read(ref sent));

        await leech.Store.FinishAsync(default);
        release.AssertIsAt(leech.Directory);
        foreach (WirePeer stranger in strangers)
        {
            await stranger.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_member_sends_no_more_to_all_together()
    {
        TestRelease release = Sample();
        TestSwarm.Member seed = _swarm.Seed(release, change: Limited);
        List<TestSwarm.Member> leeches = [];
        for (int number = 0; number < 3; number++)
        {
            leeches.Add(await _swarm.LeechAsync(release, _swarm.Combine($"leech{number}")));
        }

        long start = Stopwatch.GetTimestamp();
        seed.Start();
        leeches.ForEach(leech => leech.Start());
        await HoldsAsync(leeches[^1], start, () => seed.Driver.Stats.UploadedBytes);
    }

    private static SwarmDriverOptions Limited(SwarmDriverOptions options) => options with { Session = options.Session with { BytesPerSecondMax = Limit } };

    private TestRelease Sample() => _swarm.Release(64 * 1024, new TestFile("app", Size));

    private static async Task HoldsAsync(TestSwarm.Member member, long start, Func<long> passed)
    {
        Task completed = member.CompletedAsync();
        while (await Task.WhenAny(completed, Task.Delay(50)) != completed)
        {
            AssertHeld(passed(), Stopwatch.GetElapsedTime(start));
        }

        await completed;
        AssertHeld(passed(), Stopwatch.GetElapsedTime(start));
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, (Size - Bucket) / Limit / 1.05, 20 * Size / Limit);
    }

    /// <summary>The bytes are counted before the clock is read, so a pause between the two can only help.</summary>
    private static void AssertHeld(long bytes, TimeSpan elapsed) =>
        Assert.True(bytes <= (Limit * elapsed.TotalSeconds * 1.05) + Bucket, $"{bytes} bytes in {elapsed.TotalSeconds:0.000} s");
}
