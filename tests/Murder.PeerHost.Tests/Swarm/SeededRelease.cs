using System.Net;
using System.Text;
using Murder.PeerHost.Contract;
using Murder.Swarm;
using Murder.Swarm.IO;
using Murder.Testing;

namespace Murder.PeerHost.Tests;

/// <summary>
/// What a deployer has: a folder of random files with an executable, an empty file and a symlink, its tracker and its seeder, both real, and
/// the authority of a swarm for members only. The seeder is reached through a gate, which lets so many bytes through and then holds the rest back.
/// </summary>
internal sealed class SeededRelease : IAsyncDisposable
{
    /// <summary>What the executable of the release ends with.</summary>
    public const int AppExitCode = 42;

    private const int PieceLength = 64 * 1024;
    private const string Secret = "00112233445566778899aabbccddeeff";

    private readonly TestDirectory _directory = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly SwarmAuthority _authority = new(TimeProvider.System);
    private readonly MemberTls _seederTls;
    private readonly MemberTls _trackerTls;
    private readonly PieceStore _store;
    private readonly SwarmDriver _seeder;
    private readonly TrackerServer _tracker;
    private readonly Task _running;

    private SeededRelease(TestDirectory directory, Metainfo metainfo, long gateBytes, string zone)
    {
        _directory = directory;
        Metainfo = metainfo;
        _store = PieceStore.OpenForSeeding(directory.Path, metainfo);
        _seederTls = new MemberTls(_authority.Issue(FreshId()), TimeProvider.System);
        _trackerTls = new MemberTls(_authority.IssueTracker(), TimeProvider.System);
        _seeder = new SwarmDriver(metainfo, _store, Bitfield.Full(metainfo.Layout.PieceCount), null, new SwarmDriverOptions { Seed = 1, Security = _seederTls, Session = SwarmOptions.Default with { Zone = zone } }, TimeProvider.System);
        Gate = new ByteGate(_seeder.Port, gateBytes);
        _tracker = new TrackerServer(metainfo.InfoHash, Secret, 2, TimeProvider.System, IPAddress.Loopback, _trackerTls);
        _tracker.AddLocalSeed(_seeder.Self, Gate.Port);
        _running = Task.WhenAll(_seeder.RunAsync(_stopping.Token), _tracker.RunAsync(_stopping.Token));
    }

    public Metainfo Metainfo { get; }

    public ByteGate Gate { get; }

    public string Directory => _directory.Path;

    public long TotalBytes => Metainfo.Layout.TotalLength;

    public string ContentId => Metainfo.InfoHash.ToString()[..8];

    /// <param name="gateBytes">how much the seeder sends before it is held back</param>
    /// <param name="zone">where the seeder says that it is</param>
    public static async Task<SeededRelease> StartAsync(int megabytes = 4, long gateBytes = long.MaxValue, string zone = "")
    {
        TestDirectory directory = new();
        List<FileToHash> files = Fill(directory, megabytes);
        IReadOnlyList<HashedFile> hashed = await ReleaseHasher.HashAsync(directory.Path, files, PieceLength, CancellationToken.None);
        return new SeededRelease(directory, MetainfoBuilder.Build("app", PieceLength, hashed), gateBytes, zone);
    }

    public ReleaseId Release(string version) => HostFixture.Release(version, ContentId);

    public FetchCommand Fetch(HostFixture host, ReleaseId release) => new()
    {
        Root = host.Root,
        Release = release,
        Metainfo = Metainfo.Bytes.ToArray(),
        AnnounceUrls = [_tracker.AnnounceUrl(IPAddress.Loopback).ToString()],
        Port = 0,
        Seed = 3,
        Credential = Credential(),
        DeployedBy = "ann@laptop",
    };

    /// <summary>As <see cref="Fetch"/>, but the tracker is asked through the control channel only.</summary>
    public FetchCommand FetchByChannel(HostFixture host, ReleaseId release) => Fetch(host, release) with { AnnounceUrls = [], AnnouncesByChannel = true, Credential = _authority.Issue(PeerOf(3)) };

    /// <summary>What the tracker answers to <see cref="FetchByChannel"/>, for the agent that carries it out.</summary>
    public AnnouncedCommand Answer(AgentAnnounce announce) => new(announce.Sequence, _tracker.Announce(announce.Query, IPAddress.Loopback, PeerOf(3)));

    /// <summary>The seeder connects to a peer on this machine, as it does to one that cannot connect to it.</summary>
    public Task MeetAsync(int port) => _seeder.MeetAsync([new IPEndPoint(IPAddress.Loopback, port)]);

    /// <summary>What makes an agent seed this release beside the seeder.</summary>
    public SeedCommand Seed(ulong seed) => new()
    {
        Directory = Directory,
        Metainfo = Metainfo.Bytes.ToArray(),
        Port = 0,
        Seed = seed,
        Credential = _authority.Issue(PeerOf(seed)),
    };

    /// <summary>The tracker tells members of the agent that seeds with this seed.</summary>
    public void Track(ulong seed, int port) => _tracker.AddLocalSeed(PeerOf(seed), port);

    /// <summary>A member's credential, each time another's.</summary>
    public MemberCredential Credential() => _authority.Issue(FreshId());

    /// <summary>Fails unless the folder holds this release, all of it and nothing else.</summary>
    public void AssertIsAt(string folder)
    {
        Assert.Equal(Describe(Directory), Describe(folder));
        foreach (FileEntry file in Metainfo.Files.Where(file => !file.IsSymlink))
        {
            Assert.True(File.ReadAllBytes(Path.Combine(Directory, file.Path)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(folder, file.Path))), file.Path);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        await _seeder.DisposeAsync();
        await _tracker.DisposeAsync();
        _store.Dispose();
        _seederTls.Dispose();
        _trackerTls.Dispose();
        _authority.Dispose();
        await Gate.DisposeAsync();
        _stopping.Dispose();
        _directory.Dispose();
    }

    private static PeerId FreshId() => PeerOf((ulong)Random.Shared.NextInt64());

    private static PeerId PeerOf(ulong seed) => PeerId.Create(new SwarmRandom(seed));

    private static List<FileToHash> Fill(TestDirectory directory, int megabytes)
    {
        Random random = new(megabytes);
        List<FileToHash> files = [];
        Write("app", 100_000, $"#!/bin/sh\nexit {AppExitCode}\n");
        File.SetUnixFileMode(directory.Combine("app"), File.GetUnixFileMode(directory.Combine("app")) | UnixFileMode.UserExecute);
        files[0] = files[0] with { IsExecutable = true };
        Write("wwwroot/empty.txt", 0);
        for (int file = 0; file < megabytes; file++)
        {
            Write($"lib/{file:00}.dll", 1024 * 1024);
        }

        File.CreateSymbolicLink(directory.Combine("latest.dll"), "lib/00.dll");
        files.Add(new FileToHash("latest.dll", 0, IsExecutable: false, "lib/00.dll"));
        return files;

        void Write(string path, int length, string head = "")
        {
            byte[] content = new byte[length];
            random.NextBytes(content);
            Encoding.UTF8.GetBytes(head, content);
            directory.Write(path, content);
            files.Add(new FileToHash(path, length, IsExecutable: false, SymlinkTarget: null));
        }
    }

    /// <summary>Every name below the folder, with what is not content.</summary>
    private static IEnumerable<string> Describe(string folder) => System.IO.Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)
        .Select(path => new FileInfo(path))
        .Select(file => $"{Path.GetRelativePath(folder, file.FullName)} {file.LinkTarget} {(file.LinkTarget is null && file.UnixFileMode.HasFlag(UnixFileMode.UserExecute) ? "x" : "-")}")
        .Order(StringComparer.Ordinal);
}
