using System.Net;
using Murder.Testing;

namespace Murder.Swarm.IO.Tests;

/// <summary>Real drivers on 127.0.0.1 that meet in memory. Ends them all with the test.</summary>
internal sealed class TestSwarm : IAsyncDisposable
{
    /// <summary>Long enough for a loaded machine; nothing here is about speed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly TestDirectory _folder = new();
    private readonly List<Member> _members = [];

    public MeetingPoint Tracker { get; } = new();

    public string Combine(params string[] parts) => _folder.Combine(parts);

    public TestRelease Release(int pieceLength, params TestFile[] files) => new(_folder.Combine("release"), pieceLength, seed: 7, files);

    public Member Seed(TestRelease release, IAnnouncer? tracker = null, Func<SwarmDriverOptions, SwarmDriverOptions>? change = null)
    {
        PieceStore store = PieceStore.OpenForSeeding(release.Directory, release.Metainfo);
        return Add(release, release.Directory, store, Bitfield.Full(release.Metainfo.Layout.PieceCount), tracker, change);
    }

    /// <summary>Resumes when the folder holds something already.</summary>
    public async Task<Member> LeechAsync(TestRelease release, string directory, Func<SwarmDriverOptions, SwarmDriverOptions>? change = null)
    {
        PieceStore store = PieceStore.OpenForFetching(directory, release.Metainfo);
        return Add(release, directory, store, await store.VerifyAsync(default), null, change);
    }

    public static async Task EventuallyAsync(Func<bool> isTrue)
    {
        long end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!isTrue())
        {
            Assert.True(Environment.TickCount64 < end, "this did not become true in time");
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Member member in _members)
        {
            await member.DisposeAsync();
        }

        _folder.Dispose();
    }

    private Member Add(TestRelease release, string directory, PieceStore store, Bitfield verified, IAnnouncer? tracker, Func<SwarmDriverOptions, SwarmDriverOptions>? change)
    {
        SwarmDriverOptions options = new() { Seed = (ulong)_members.Count + 1, ListenAddress = IPAddress.Loopback };
        options = change?.Invoke(options) ?? options;
        Member member = new(directory, store, verified, new SwarmDriver(release.Metainfo, store, verified.Copy(), tracker ?? Tracker, options, TimeProvider.System));
        _members.Add(member);
        return member;
    }

    internal sealed class Member(string directory, PieceStore store, Bitfield verifiedAtStart, SwarmDriver driver) : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private Task? _run;

        public string Directory { get; } = directory;

        public PieceStore Store { get; } = store;

        public SwarmDriver Driver { get; } = driver;

        public Bitfield VerifiedAtStart { get; } = verifiedAtStart;

        /// <summary>The driver's run.</summary>
        public Task Run => _run ??= Driver.RunAsync(_stop.Token);

        public Member Start()
        {
            _ = Run;
            return this;
        }

        public Task CompletedAsync() => Driver.Completed.WaitAsync(Patience);

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await Run.WaitAsync(Patience);
        }

        public async ValueTask DisposeAsync()
        {
            await Driver.DisposeAsync();
            Store.Dispose();
        }
    }
}
