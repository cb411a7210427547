using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Murder.Swarm.IO.Tests;

#pragma warning disable CA1001 // xunit disposes of it through IAsyncLifetime
public sealed class MembersOnlyTests : IAsyncLifetime
{
    private readonly TestSwarm _swarm = new();
    private readonly Membership _members = new();

    public static TheoryData<string> Outsiders => [.. Membership.Outsiders];

    public static TheoryData<string> FalsePeers => [.. Membership.Outsiders.Where(which => which != "no certificate")];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _swarm.DisposeAsync();
        _members.Dispose();
    }

    [Fact]
    public async Task Members_fill_each_other_and_go_by_the_names_in_their_certificates()
    {
        TestRelease release = Sample();
        TestSwarm.Member seed = _swarm.Seed(release, change: _members.Joins(1)).Start();
        TestSwarm.Member first = (await _swarm.LeechAsync(release, _swarm.Combine("leech1"), _members.Joins(2))).Start();
        TestSwarm.Member second = (await _swarm.LeechAsync(release, _swarm.Combine("leech2"), _members.Joins(3))).Start();

        await Task.WhenAll(first.CompletedAsync(), second.CompletedAsync());

        await first.Store.FinishAsync(default);
        release.AssertIsAt(first.Directory);
        Assert.Equal([Membership.Id(1), Membership.Id(2), Membership.Id(3)], [seed.Driver.Self, first.Driver.Self, second.Driver.Self]);
    }

    [Theory]
    [MemberData(nameof(Outsiders))]
    public async Task An_outsider_who_connects_hears_nothing_and_the_deploy_goes_on(string which)
    {
        TestRelease release = Sample();
        TestSwarm.Member seed = _swarm.Seed(release, change: _members.Joins(1)).Start();
        using X509Certificate2? shown = _members.Outsider(which);

        byte[] heard = await Outsider.ConnectAsync(seed.Driver.Port, shown, Outsider.Handshake(release, Membership.Id(77)));

        Assert.Empty(heard);
        Assert.Equal(0, seed.Driver.ConnectionsTaken);
        await AssertGoesOnAsync(release);
    }

    [Fact]
    public async Task A_plain_BitTorrent_peer_who_connects_hears_nothing_and_the_deploy_goes_on()
    {
        TestRelease release = Sample();
        TestSwarm.Member seed = _swarm.Seed(release, change: _members.Joins(1)).Start();

        byte[] heard = await Outsider.ConnectPlainAsync(seed.Driver.Port, Outsider.Handshake(release, Membership.Id(77)));

        Assert.InRange(heard.Length, 0, 7); // at most an alert
        Outsider.AssertHeardNothing(release, heard);
        Assert.Equal(0, seed.Driver.ConnectionsTaken);
        await AssertGoesOnAsync(release);
    }

    [Fact]
    public async Task A_plain_BitTorrent_peer_who_is_dialled_hears_no_BitTorrent()
    {
        TestRelease release = Sample();
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        _swarm.Tracker.Add((IPEndPoint)listener.LocalEndpoint);
        (await _swarm.LeechAsync(release, _swarm.Combine("dialler"), _members.Joins(4))).Start();

        byte[] heard = await Outsider.ListenAsync(listener, certificate: null);

        Assert.Equal(22, heard[0]); // a TLS handshake record: the ClientHello
        Outsider.AssertHeardNothing(release, heard);
        _swarm.Seed(release, change: _members.Joins(1)).Start();
        await AssertGoesOnAsync(release);
    }

    [Theory]
    [MemberData(nameof(FalsePeers))]
    public async Task An_outsider_who_is_dialled_hears_nothing_and_the_deploy_goes_on(string which)
    {
        TestRelease release = Sample();
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        _swarm.Tracker.Add((IPEndPoint)listener.LocalEndpoint);
        using X509Certificate2? shown = _members.Outsider(which, asServer: true);
        (await _swarm.LeechAsync(release, _swarm.Combine("dialler"), _members.Joins(4))).Start();

        byte[] heard = await Outsider.ListenAsync(listener, shown);

        Assert.Empty(heard);
        _swarm.Seed(release, change: _members.Joins(1)).Start();
        await AssertGoesOnAsync(release);
    }

    [Fact]
    public async Task A_member_cannot_speak_under_another_peer_id()
    {
        TestRelease release = Sample();
        TestSwarm.Member seed = _swarm.Seed(release, change: _members.Joins(1)).Start();
        using X509Certificate2 shown = Membership.Load(_members.Authority.Issue(Membership.Id(5)));

        byte[] underAnother = await Outsider.ConnectAsync(seed.Driver.Port, shown, Outsider.Handshake(release, Membership.Id(6)));

        Outsider.AssertHeardNothing(release, underAnother);
        await TestSwarm.EventuallyAsync(() => seed.Driver.Stats.PeersConnected == 0);
        await AssertGoesOnAsync(release);
    }

    [Fact]
    public async Task Strangers_who_hold_connections_open_keep_no_member_out()
    {
        TestRelease release = Sample();
        SwarmDriverOptions? used = null;
        TestSwarm.Member seed = _swarm.Seed(release, change: options => used = options with
        {
            Security = _members.Member(1),
            AuthenticationsMax = 4,
            AuthenticationTimeout = TimeSpan.FromMinutes(10),
        }).Start();
        List<TcpClient> silent = [];
        for (int count = 0; count < 3 * used!.AuthenticationsMax; count++)
        {
            TcpClient client = new();
            await client.ConnectAsync(IPAddress.Loopback, seed.Driver.Port);
            silent.Add(client);
        }

        await AssertGoesOnAsync(release);

        // Those that stood there longest were closed.
        Assert.Empty(await Outsider.ReadToEndAsync(silent[0].GetStream()));
        Assert.Equal(0, silent[^1].Available);
        silent.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task A_stranger_who_says_nothing_is_closed_when_the_time_is_up()
    {
        TestRelease release = Sample();
        TestSwarm.Member seed = _swarm.Seed(release, change: options => options with { Security = _members.Member(1), AuthenticationTimeout = TimeSpan.FromSeconds(1) }).Start();
        using TcpClient silent = new();
        await silent.ConnectAsync(IPAddress.Loopback, seed.Driver.Port);
        Stopwatch waited = Stopwatch.StartNew();

        Assert.Empty(await Outsider.ReadToEndAsync(silent.GetStream()));

        Assert.InRange(waited.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(60));
        Assert.Equal(0, seed.Driver.ConnectionsTaken);
    }

    [Fact]
    public async Task Garbage_ends_its_own_connection_only()
    {
        TestRelease release = Sample();
        TestSwarm.Member seed = _swarm.Seed(release, change: options => options with { Security = _members.Member(1), AuthenticationTimeout = TimeSpan.FromMilliseconds(300) }).Start();
        Random random = new(7);
        for (int count = 0; count < 40; count++)
        {
            byte[] garbage = new byte[random.Next(1, 3000)];
            random.NextBytes(garbage);
            if (count % 2 == 0 && garbage.Length > 5)
            {
                new byte[] { 22, 3, 1, 0, 200 }.CopyTo(garbage, 0); // looks like the beginning of a ClientHello
            }

            using TcpClient client = new();
            await client.ConnectAsync(IPAddress.Loopback, seed.Driver.Port);
            NetworkStream stream = client.GetStream(); // only while nobody has reset the connection
            await stream.WriteAsync(garbage);
            Outsider.AssertHeardNothing(release, await Outsider.ReadToEndAsync(stream));
        }

        Assert.False(seed.Run.IsCompleted);
        await AssertGoesOnAsync(release);
    }

    /// <summary>A member who comes later is served by the seed.</summary>
    private async Task AssertGoesOnAsync(TestRelease release)
    {
        TestSwarm.Member leech = (await _swarm.LeechAsync(release, _swarm.Combine("last"), _members.Joins(9))).Start();
        await leech.CompletedAsync();
    }

    private TestRelease Sample() => _swarm.Release(64 * 1024, new TestFile("app", 300_000), new TestFile("lib/one.dll", 200_000));
}
