using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Murder.Swarm.IO.Tests;

#pragma warning disable CA1001 // xunit disposes of it through IAsyncLifetime
public sealed class SwarmDriverTests : IAsyncLifetime
{
    private const int PieceLength = 64 * 1024;

    private readonly TestSwarm _swarm = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _swarm.DisposeAsync();

    [Fact]
    public async Task A_seed_fills_a_leech()
    {
        TestRelease release = Sample();
        _swarm.Seed(release).Start();
        TestSwarm.Member leech = (await _swarm.LeechAsync(release, _swarm.Combine("leech"))).Start();

        await leech.CompletedAsync();

        await leech.Store.FinishAsync(default);
        release.AssertIsAt(leech.Directory);
        await TestSwarm.EventuallyAsync(() => leech.Driver.BlocksRented == 0);
        Assert.Equal(release.Metainfo.Layout.TotalLength, leech.Driver.Stats.VerifiedBytes);
    }

    [Fact]
    public async Task Five_leeches_fill_each_other()
    {
        TestRelease release = Sample();
        TestSwarm.Member seed = _swarm.Seed(release).Start();
        List<TestSwarm.Member> leeches = [];
        for (int at = 0; at < 5; at++)
        {
            leeches.Add((await _swarm.LeechAsync(release, _swarm.Combine($"leech{at}"))).Start());
        }

        await Task.WhenAll(leeches.Select(leech => leech.CompletedAsync()));

        foreach (TestSwarm.Member leech in leeches)
        {
            await leech.Store.FinishAsync(default);
            release.AssertIsAt(leech.Directory);
        }

        long total = release.Metainfo.Layout.TotalLength;
        Assert.InRange(seed.Driver.Stats.UploadedBytes, total, (5 * total) - 1);
    }

    [Fact]
    public async Task A_finished_leech_seeds_on_after_its_folder_was_renamed()
    {
        TestRelease release = Sample();
        TestSwarm.Member seed = _swarm.Seed(release).Start();
        TestSwarm.Member first = (await _swarm.LeechAsync(release, _swarm.Combine("first.partial"))).Start();
        await first.CompletedAsync();
        await first.Store.FinishAsync(default);
        first.Store.Relocate(_swarm.Combine("first"), () => Directory.Move(_swarm.Combine("first.partial"), _swarm.Combine("first")));
        await seed.StopAsync();

        TestSwarm.Member second = (await _swarm.LeechAsync(release, _swarm.Combine("second"))).Start();
        await second.CompletedAsync();

        await second.Store.FinishAsync(default);
        release.AssertIsAt(second.Directory);
        release.AssertIsAt(_swarm.Combine("first"));
    }

    [Fact]
    public async Task A_peer_that_lies_is_banned_and_the_others_complete_the_release()
    {
        TestRelease release = Sample();
        await using WirePeer liar = new(block =>
        {
            byte[] bytes = WirePeer.Honest(release, block);
            bytes[^1] ^= 1;
            return bytes;
        });
        IPEndPoint liarsEndpoint = liar.Start();
        _swarm.Tracker.Add(liarsEndpoint);
        TestSwarm.Member leech = await _swarm.LeechAsync(release, _swarm.Combine("leech"));
        ConcurrentQueue<IPEndPoint> banned = [];
        leech.Driver.PeerBanned += (endpoint, _) => banned.Enqueue(endpoint);
        leech.Start();
        await liar.BlockSent.WaitAsync(TestSwarm.Patience);

        _swarm.Seed(release).Start();
        await leech.CompletedAsync();

        Assert.Equal([liarsEndpoint], banned);
        await leech.Store.FinishAsync(default);
        release.AssertIsAt(leech.Directory);
    }

    [Fact]
    public async Task A_leech_that_was_stopped_goes_on_where_it_was()
    {
        TestRelease release = Sample();
        PieceLayout layout = release.Metainfo.Layout;
        await using WirePeer half = new(block => block.Piece % 2 == 0 ? WirePeer.Honest(release, block) : null);
        _swarm.Tracker.Add(half.Start());
        TestSwarm.Member first = (await _swarm.LeechAsync(release, _swarm.Combine("leech"))).Start();
        await TestSwarm.EventuallyAsync(() => first.Driver.Stats.VerifiedBytes > 0);
        await first.StopAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Driver.Completed);
        await half.DisposeAsync();
        first.Store.Dispose();

        TestSwarm.Member again = await _swarm.LeechAsync(release, _swarm.Combine("leech"));
        Assert.InRange(again.VerifiedAtStart.Count, 1, layout.PieceCount - 1);
        _swarm.Seed(release).Start();
        again.Start();
        await again.CompletedAsync();

        await again.Store.FinishAsync(default);
        release.AssertIsAt(again.Directory);
        Assert.True(again.Driver.Stats.DownloadedBytes < layout.TotalLength, "what was there has been fetched again");
    }

    [Fact]
    public async Task Strangers_on_the_port_harm_nobody()
    {
        TestRelease release = Sample();
        TestSwarm.Member seed = _swarm.Seed(release).Start();
        TestSwarm.Member leech = await _swarm.LeechAsync(release, _swarm.Combine("leech"));
        leech.Start();
        byte[] noise = new byte[100_000];
        new Random(1).NextBytes(noise);
        byte[] rightStart = [19, .. "BitTorrent protocol"u8, .. new byte[8], .. release.Metainfo.InfoHash.Truncated(), .. "-XX0000-stranger0000"u8];
        byte[][] greetings = [Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), noise, [], [.. rightStart, 0xff, 0xff, 0xff, 0xff], [.. rightStart, .. noise]];
        List<TcpClient> strangers = [];
        foreach (byte[] greeting in greetings)
        {
            foreach (int port in new[] { seed.Driver.Port, leech.Driver.Port })
            {
                TcpClient stranger = new();
                await stranger.ConnectAsync(IPAddress.Loopback, port);
                strangers.Add(stranger);
                await SendQuietlyAsync(stranger, greeting);
            }
        }

        await leech.CompletedAsync();

        await leech.Store.FinishAsync(default);
        release.AssertIsAt(leech.Directory);
        strangers.ForEach(stranger => stranger.Dispose());
    }

    [Fact]
    public async Task Ten_thousand_small_files_arrive()
    {
        TestFile[] files = [.. Enumerable.Range(0, 10_000).Select(n => new TestFile($"d{n % 100}/e{n % 7}/f{n}", n % 300))];
        TestRelease release = _swarm.Release(PieceLength, files);
        _swarm.Seed(release).Start();
        TestSwarm.Member leech = (await _swarm.LeechAsync(release, _swarm.Combine("leech"))).Start();

        await leech.CompletedAsync();

        await leech.Store.FinishAsync(default);
        release.AssertIsAt(leech.Directory);
    }

    [Fact]
    public async Task Nothing_of_a_driver_is_left_when_its_run_has_ended()
    {
        TestRelease release = Sample();
        TestSwarm.Member seed = _swarm.Seed(release).Start();
        TestSwarm.Member leech = (await _swarm.LeechAsync(release, _swarm.Combine("leech"))).Start();
        await leech.CompletedAsync();

        await leech.StopAsync();

        Assert.Equal(0, leech.Driver.TaskCount);
        using (Socket again = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            again.Bind(new IPEndPoint(IPAddress.Loopback, leech.Driver.Port));
            again.Listen();
        }

        Assert.Contains(_swarm.Tracker.Announces, announce => announce.Peer == leech.Driver.Self && announce.Event == AnnounceEvent.Stopped);
        await TestSwarm.EventuallyAsync(() => seed.Driver.Stats.PeersConnected == 0);
    }

    [Fact]
    public async Task A_tracker_that_never_answers_does_not_hold_up_the_end()
    {
        TestRelease release = Sample();
        TestSwarm.Member seed = _swarm.Seed(release, new SilentTracker()).Start();

        await seed.StopAsync();

        Assert.Equal(0, seed.Driver.TaskCount);
    }

    [Fact]
    public async Task A_driver_may_be_disposed_at_any_time_and_twice()
    {
        TestRelease release = Sample();
        TestSwarm.Member never = _swarm.Seed(release);
        TestSwarm.Member running = _swarm.Seed(release).Start();

        await never.Driver.DisposeAsync();
        await never.Driver.DisposeAsync();
        await running.Driver.DisposeAsync();
        await running.Driver.DisposeAsync();

        await running.Run;
        Assert.Throws<ObjectDisposedException>(() => never.Start());
    }

    [Fact]
    public async Task A_full_disk_ends_the_run_with_the_reason()
    {
        TestRelease release = _swarm.Release(PieceLength, new TestFile("big", 8 * 1024 * 1024));
        using TestMount small = TestMount.Tmpfs(_swarm.Combine("small"), "size=1m");
        _swarm.Seed(release).Start();
        TestSwarm.Member leech = await _swarm.LeechAsync(release, Path.Combine(small.Path, "partial"));

        StorageException thrown = await Assert.ThrowsAsync<StorageException>(() => leech.Run.WaitAsync(TestSwarm.Patience));

        Assert.Equal(StorageFailure.DiskFull, thrown.Failure);
        Assert.Same(thrown, await Assert.ThrowsAsync<StorageException>(() => leech.Driver.Completed));
        Assert.Equal(0, leech.Driver.TaskCount);
    }

    [Fact]
    public async Task A_seeder_whose_files_vanish_says_so()
    {
        TestRelease release = Sample();
        TestSwarm.Member seed = _swarm.Seed(release).Start();
        Directory.Delete(release.Directory, recursive: true);
        (await _swarm.LeechAsync(release, _swarm.Combine("leech"))).Start();

        StorageException thrown = await Assert.ThrowsAsync<StorageException>(() => seed.Run.WaitAsync(TestSwarm.Patience));

        Assert.Equal(StorageFailure.Missing, thrown.Failure);
    }

    private static async Task SendQuietlyAsync(TcpClient stranger, byte[] greeting)
    {
        try
        {
            await stranger.GetStream().WriteAsync(greeting);
        }
        catch (IOException)
        {
            // It hung up on the stranger already.
        }
    }

    private TestRelease Sample() => _swarm.Release(
        PieceLength,
        new TestFile("app", 70_000, IsExecutable: true),
        new TestFile("alias", SymlinkTarget: "app"),
        new TestFile("empty"),
        new TestFile("lib/big.dll", (60 * PieceLength) + 20_000),
        new TestFile("lib/same.dll", 1000),
        new TestFile("wwwroot/one", 1),
        new TestFile("wwwroot/piece", PieceLength),
        new TestFile("wwwroot/block", PieceLayout.BlockLength));

    private sealed class SilentTracker : IAnnouncer
    {
        public async Task<AnnounceAnswer?> AnnounceAsync(AnnounceRequest request, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return null;
        }
    }
}
