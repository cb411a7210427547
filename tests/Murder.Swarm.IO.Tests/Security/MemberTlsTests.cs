using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;

namespace Murder.Swarm.IO.Tests;

public sealed class MemberTlsTests : IDisposable
{
    private readonly Membership _members = new();

    public void Dispose() => _members.Dispose();

    [Fact]
    public async Task Each_side_learns_whom_the_other_certificate_names()
    {
        (PeerChannel? server, PeerChannel? client) = await MeetAsync(_members.Member(1), _members.Member(2));

        Assert.Equal(Membership.Id(2), server?.Member);
        Assert.Equal(Membership.Id(1), client?.Member);
        SslStream secured = Assert.IsType<SslStream>(server!.Stream);
        Assert.Equal(SslProtocols.Tls13, secured.SslProtocol);
        Assert.Equal(TlsCipherSuite.TLS_AES_128_GCM_SHA256, secured.NegotiatedCipherSuite);
        Assert.True(secured.IsMutuallyAuthenticated);
    }

    [Fact]
    public async Task Members_of_two_deploys_do_not_meet()
    {
        using SwarmAuthority other = new(TimeProvider.System);

        Assert.Equal((null, null), await MeetAsync(_members.Member(1), _members.Use(other.Issue(Membership.Id(1)))));
    }

    [Fact]
    public async Task A_host_whose_clock_is_years_off_is_a_member_all_the_same()
    {
        using MemberTls late = new(_members.Authority.Issue(Membership.Id(3)), new OffClock(TimeSpan.FromDays(3000)));
        using MemberTls early = new(_members.Authority.Issue(Membership.Id(4)), new OffClock(TimeSpan.FromDays(-3000)));

        (PeerChannel? server, PeerChannel? client) = await MeetAsync(late, early);

        Assert.Equal((Membership.Id(4), Membership.Id(3)), (server!.Member, client!.Member));
    }

    [Fact]
    public async Task After_a_day_nobody_is_a_member_any_more()
    {
        OffClock clock = new(TimeSpan.Zero);
        using MemberTls first = new(_members.Authority.Issue(Membership.Id(3)), clock);
        using MemberTls second = new(_members.Authority.Issue(Membership.Id(4)), clock);
        Assert.NotNull((await MeetAsync(first, second)).Server);

        clock.Elapsed = SwarmAuthority.Lifetime + TimeSpan.FromMinutes(1);

        Assert.Equal((null, null), await MeetAsync(first, second));
    }

    [Fact]
    public void A_credential_prints_as_redacted_and_a_broken_one_is_refused()
    {
        MemberCredential credential = _members.Authority.Issue(Membership.Id(1));

        Assert.Equal("(redacted)", credential.ToString());
        Assert.Throws<CryptographicException>(() => new MemberTls(credential with { Certificate = [1, 2, 3] }, TimeProvider.System));
        Assert.Throws<CryptographicException>(() => new MemberTls(credential with { PrivateKey = [] }, TimeProvider.System));
        Assert.Throws<CryptographicException>(() => new MemberTls(credential with { PrivateKey = _members.Authority.Issue(Membership.Id(2)).PrivateKey }, TimeProvider.System));
        Assert.Throws<CryptographicException>(() => new MemberTls(credential with { IssuedAtMilliseconds = long.MaxValue }, TimeProvider.System));
    }

    private static async Task<(PeerChannel? Server, PeerChannel? Client)> MeetAsync(MemberTls server, MemberTls client)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Socket dialled = new(SocketType.Stream, ProtocolType.Tcp);
        Task<Socket> accepting = listener.AcceptSocketAsync();
        await dialled.ConnectAsync(listener.LocalEndpoint);
        using CancellationTokenSource late = new(TimeSpan.FromSeconds(60));
        Task<PeerChannel?> serving = server.AuthenticatePeerAsync(new NetworkStream(await accepting, ownsSocket: true), isClient: false, late.Token);
        Task<PeerChannel?> dialling = client.AuthenticatePeerAsync(new NetworkStream(dialled, ownsSocket: true), isClient: true, late.Token);
        return (await serving, await dialling);
    }

    /// <summary>A host's clock that is wrong, and a monotonic one that can be advanced.</summary>
    private sealed class OffClock(TimeSpan offset) : TimeProvider
    {
        public TimeSpan Elapsed { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + offset;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Elapsed.Ticks;
    }
}
