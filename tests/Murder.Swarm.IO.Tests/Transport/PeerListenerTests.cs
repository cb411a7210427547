using System.Net;
using System.Net.Sockets;

namespace Murder.Swarm.IO.Tests;

public sealed class PeerListenerTests
{
    [Fact]
    public void The_next_port_is_taken_when_the_first_is_not_free()
    {
        using PeerListener first = new(IPAddress.IPv6Any, 0, 1);
        using PeerListener second = new(IPAddress.IPv6Any, first.Port, 20);

        Assert.InRange(second.Port, first.Port + 1, first.Port + 19);
    }

    [Fact]
    public void When_no_port_is_free_the_reason_is_that_they_are_in_use()
    {
        using PeerListener first = new(IPAddress.IPv6Any, 0, 1);

        SocketException e = Assert.Throws<SocketException>(() => new PeerListener(IPAddress.IPv6Any, first.Port, 1).Dispose());

        Assert.Equal(SocketError.AddressAlreadyInUse, e.SocketErrorCode);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Both_families_are_accepted_and_each_peer_has_its_plain_address(string loopback)
    {
        IPAddress address = IPAddress.Parse(loopback);
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !Socket.OSSupportsIPv6)
        {
            return;
        }

        using PeerListener listener = new(IPAddress.IPv6Any, 0, 1);
        using CancellationTokenSource end = new();
        TaskCompletionSource<IPEndPoint> accepted = new();
        Task accepting = listener.AcceptAsync(
            socket =>
            {
                accepted.SetResult(PeerDialer.Normalize((IPEndPoint)socket.RemoteEndPoint!));
                socket.Dispose();
                return Task.CompletedTask;
            },
            TimeProvider.System,
            end.Token);

        await using Stream? stream = await PeerDialer.ConnectAsync(new IPEndPoint(address, listener.Port), TimeSpan.FromSeconds(30), TimeProvider.System, default);

        Assert.NotNull(stream);
        Assert.Equal(address, (await accepted.Task).Address);
        await end.CancelAsync();
        await accepting;
    }

    [Fact]
    public async Task Nobody_there_is_no_connection()
    {
        int port;
        using (PeerListener gone = new(IPAddress.Loopback, 0, 1))
        {
            port = gone.Port;
        }

        Assert.Null(await PeerDialer.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), TimeSpan.FromSeconds(30), TimeProvider.System, default));
    }
}
