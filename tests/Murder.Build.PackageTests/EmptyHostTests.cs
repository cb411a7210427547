using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using Murder.PeerHost.Contract;
using Murder.Swarm;
using Murder.Swarm.IO;
using Murder.Testing;

namespace Murder.Build.PackageTests;

/// <summary>The agent of the package on a host that has nothing: no library, no /etc, no /proc, no HOME, no user; only a source of randomness, and one folder to write to.</summary>
[Collection(PackageFixture.Name)]
public sealed class EmptyHostTests(PackageFixture package)
{
    private const int PieceLength = 64 * 1024;
    private const string Nobody = "12345:12345"; // stands in no passwd

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task The_agent_is_a_member_of_the_swarm_where_there_is_nothing_but_itself()
    {
        using TestDirectory directory = new();
        string root = directory.Combine("host");
        Directory.CreateDirectory(Path.Combine(root, "srv"));
        Command.Run("chown", Nobody, Path.Combine(root, "srv"));
        Directory.CreateDirectory(Path.Combine(root, "dev"));
        Command.Run("mknod", "-m", "444", Path.Combine(root, "dev", "urandom"), "c", "1", "9"); // .NET needs it, TLS or not
        package.Unpack("tools/agent/linux-x64/murder-peer.gz", Path.Combine(root, "murder-peer"));
        byte[] content = new byte[3_000_000];
        new Random(5).NextBytes(content);
        string publish = Path.GetDirectoryName(directory.Write("publish/app.dll", content))!;
        IReadOnlyList<HashedFile> hashed = await ReleaseHasher.HashAsync(publish, [new FileToHash("app.dll", content.Length, IsExecutable: false, SymlinkTarget: null)], PieceLength, CancellationToken.None);
        Metainfo metainfo = MetainfoBuilder.Build("app", PieceLength, hashed);

        using SwarmAuthority authority = new(TimeProvider.System);
        using MemberTls seederTls = new(authority.Issue(PeerId.Create(new SwarmRandom(1))), TimeProvider.System);
        using MemberTls trackerTls = new(authority.IssueTracker(), TimeProvider.System);
        using PieceStore store = PieceStore.OpenForSeeding(publish, metainfo);
        await using SwarmDriver seeder = new(metainfo, store, Bitfield.Full(metainfo.Layout.PieceCount), announcer: null, new SwarmDriverOptions { Seed = 1, Security = seederTls }, TimeProvider.System);
        await using TrackerServer tracker = new(metainfo.InfoHash, "00112233445566778899aabbccddeeff", seed: 1, TimeProvider.System, IPAddress.Loopback, trackerTls);
        tracker.AddLocalSeed(seeder.Self, seeder.Port);
        using CancellationTokenSource end = new();
        Task running = Task.WhenAll(seeder.RunAsync(end.Token), tracker.RunAsync(end.Token));

        using Process agent = Start(root);
        Task<string> errors = agent.StandardError.ReadToEndAsync();
        ReleaseId release = ReleaseId.Parse($"1.0.0-20260101T000000Z-{metainfo.InfoHash.ToString()[..8]}");
        await SendAsync(agent, new FetchCommand
        {
            Root = "/srv/app",
            Release = release,
            Metainfo = metainfo.Bytes.ToArray(),
            AnnounceUrls = [tracker.AnnounceUrl(IPAddress.Loopback).ToString()],
            Port = 0,
            Seed = 2,
            Credential = authority.Issue(PeerId.Create(new SwarmRandom(2))),
        });
        AgentEvent? said;
        LineReader lines = new(agent.StandardOutput.BaseStream, AgentProtocol.EventLineBytesMax);
        do
        {
            ReadOnlyMemory<byte>? line = await lines.ReadLineAsync(CancellationToken.None).AsTask().WaitAsync(Patience);
            said = line is { } there ? AgentJson.ReadEvent(there.Span) : null;
        }
        while (said is AgentHello or AgentProgress or AgentWorking);

        if (said is not AgentStaged)
        {
            agent.Kill();
            Assert.Fail($"{said} {await errors}");
        }

        Assert.Equal(content, await File.ReadAllBytesAsync(Path.Combine(root, "srv", "app", "releases", release.Value, "app.dll")));
        await SendAsync(agent, new StopCommand());
        await agent.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal("", await errors);
        Assert.Equal(["dev", "murder-peer", "srv"], Directory.EnumerateFileSystemEntries(root).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        await end.CancelAsync();
        await running;
    }

    private static Process Start(string root)
    {
        ProcessStartInfo start = new("/usr/sbin/chroot", [$"--userspec={Nobody}", root, "/murder-peer"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        return Process.Start(start)!;
    }

    private static async Task SendAsync(Process agent, AgentCommand command)
    {
        await agent.StandardInput.BaseStream.WriteAsync((byte[])[.. AgentJson.Write(command), (byte)'\n', .. command.Trailer.Span]);
        await agent.StandardInput.BaseStream.FlushAsync();
    }
}
