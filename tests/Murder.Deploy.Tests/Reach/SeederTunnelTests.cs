using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>A tunnel whose far end is a shell of this test's, and whose seeder is a socket of it.</summary>
public sealed class SeederTunnelTests : IDisposable
{
    private static readonly TargetHost s_host = new("web1") { Address = "192.0.2.1", Root = "/srv/web" };

    private readonly CancellationTokenSource _cancel = new();
    private readonly TaskCompletionSource<IPEndPoint> _met = new();
    private readonly Shells _shells = new();
    private readonly Task _running;

    public SeederTunnelTests()
    {
        SeederTunnel tunnel = new(s_host, token => PortPipeShell.OpenAsync(_shells, s_host, "/agents/it's", 6881, TimeProvider.System, token), TimeProvider.System);
        _running = tunnel.RunAsync(
            endpoint =>
            {
                _met.SetResult(endpoint);
                return Task.CompletedTask;
            },
            () => { },
            _cancel.Token);
    }

    public void Dispose() => _cancel.Dispose();

    [Fact]
    public async Task WhatTheSeederSendsGoesToTheShellAndBack()
    {
        using Socket seeder = await ConnectAsync();

        await seeder.SendAsync("from the seeder"u8.ToArray());
        await Eventually.TrueAsync(() => _shells.Opened[0].Written == "from the seeder");
        await _shells.Opened[0].SayAsync("from the peer");
        byte[] answer = new byte[13];
        await new NetworkStream(seeder).ReadExactlyAsync(answer);

        Assert.Equal("from the peer", Encoding.UTF8.GetString(answer));
        Assert.StartsWith(@"exec '/agents/it'\''s' 'pipe' '6881' 'MURDER1-", _shells.Opened[0].Command, StringComparison.Ordinal);
        await EndAsync();
    }

    /// <summary>It comes again when the connection that it has is of no use to it, which may be all that is to be seen of a dead link.</summary>
    [Fact]
    public async Task ASeederThatComesAgainGetsAShellOfItsOwn()
    {
        using Socket first = await ConnectAsync();
        await first.SendAsync("1"u8.ToArray());
        await Eventually.TrueAsync(() => _shells.Opened[0].Written == "1");
        _shells.Opened[0].IsDead = true;
        await first.SendAsync("2"u8.ToArray());

        using Socket second = await ConnectAsync();
        await second.SendAsync("3"u8.ToArray());

        await Eventually.TrueAsync(() => _shells.Opened is [_, { Written: "3" }]);
        Assert.True(_shells.Opened[0].IsDisposed);
        await EndAsync();
    }

    /// <summary>SSH.NET holds up whoever writes to a dead link, and whoever wants to close it, until the system gives up.</summary>
    [Fact]
    public async Task ALinkThatIsDeadHoldsUpNoEnd()
    {
        using Socket seeder = await ConnectAsync();
        await seeder.SendAsync("1"u8.ToArray());
        await Eventually.TrueAsync(() => _shells.Opened[0].Written == "1");
        _shells.Opened[0].IsDead = true;
        await seeder.SendAsync("2"u8.ToArray());

        await EndAsync();

        Assert.True(_shells.Opened[0].IsDisposed);
    }

    private async Task<Socket> ConnectAsync()
    {
        Socket seeder = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await seeder.ConnectAsync(await _met.Task);
        return seeder;
    }

    private async Task EndAsync()
    {
        await _cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    private sealed class Shells : IShellConnector
    {
        public List<Shell> Opened { get; } = [];

        public Task<IRemoteShell> OpenAsync(TargetHost host, CancellationToken cancellationToken)
        {
            Opened.Add(new Shell());
            return Task.FromResult<IRemoteShell>(Opened[^1]);
        }
    }

    /// <summary>Greets, becomes what its first line says, and then keeps what is written to it.</summary>
    private sealed class Shell : Stream, IRemoteShell
    {
        private readonly Pipe _output = new();
        private readonly StringBuilder _written = new();

        public Stream Input => this;

        public Stream Output => _output.Reader.AsStream();

        public string ErrorText => "";

        public Task<int?> Exited { get; } = new TaskCompletionSource<int?>().Task;

        public string Command { get; private set; } = "";

        /// <summary>After the command.</summary>
        public string Written
        {
            get
            {
                lock (_written)
                {
                    return _written.ToString();
                }
            }
        }

        public volatile bool IsDead;

        public bool IsDisposed { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public async Task SayAsync(string text) => await _output.Writer.WriteAsync(Encoding.UTF8.GetBytes(text));

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Command = Encoding.UTF8.GetString(buffer.Span);
            await SayAsync("Welcome to web1\n" + Command.Split('\'')[^2] + "\n");
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            if (IsDead)
            {
                Thread.Sleep(Timeout.Infinite);
            }

            lock (_written)
            {
                _written.Append(Encoding.UTF8.GetString(buffer, offset, count));
            }
        }

        public override ValueTask DisposeAsync()
        {
            IsDisposed = true;
            _output.Writer.Complete();
            return base.DisposeAsync();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
