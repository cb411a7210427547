using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Murder.Swarm.IO.Tests;

/// <summary>
/// A seed made by hand on a bare socket: says it has everything, unchokes, and answers each request with what <paramref name="answer"/>
/// makes of it; null is no answer. Refuses to send hashes. Repeats the info-hash it is greeted with.
/// </summary>
internal sealed class WirePeer(Func<BlockRef, byte[]?> answer) : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _blockSent = new();
    private Task? _run;

    /// <summary>Ends when the first block has been sent.</summary>
    public Task BlockSent => _blockSent.Task;

    public IPEndPoint Start()
    {
        _listener.Start();
        _run = Task.Run(AcceptAsync);
        return (IPEndPoint)_listener.LocalEndpoint;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        if (_run is not null)
        {
            await _run;
        }
    }

    private async Task AcceptAsync()
    {
        List<Task> talks = [];
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_end.Token);
                talks.Add(Task.Run(() => TalkAsync(client)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(talks);
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        try
        {
            using NetworkStream stream = client.GetStream();
            byte[] handshake = new byte[Handshake.Size];
            await stream.ReadExactlyAsync(handshake, _end.Token);
            "-XX0000-handmade0000"u8.CopyTo(handshake.AsSpan(48));
            await stream.WriteAsync(handshake, _end.Token);
            await SendAsync(stream, PeerMessage.HaveAll);
            await SendAsync(stream, PeerMessage.Unchoke);
            byte[] prefix = new byte[4];
            while (true)
            {
                await stream.ReadExactlyAsync(prefix, _end.Token);
                byte[] body = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix)];
                await stream.ReadExactlyAsync(body, _end.Token);
                if (body.Length > 0)
                {
                    Assert.True(PeerMessageCodec.TryRead(body, out PeerMessage message));
                    await AnswerAsync(stream, message);
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The driver closed the connection, or the test is over.
        }
    }

    private async Task AnswerAsync(NetworkStream stream, PeerMessage message)
    {
        if (message.Type == PeerMessageType.HashRequest)
        {
            await SendAsync(stream, PeerMessage.HashReject(message.Hash));
        }

        if (message.Type != PeerMessageType.Request || answer(message.Block) is not { } bytes)
        {
            return;
        }

        byte[] frame = new byte[13 + bytes.Length];
        PeerMessageCodec.WritePieceHeader(message.Block, frame);
        bytes.CopyTo(frame, 13);
        await stream.WriteAsync(frame, _end.Token);
        _blockSent.TrySetResult();
    }

    private async Task SendAsync(NetworkStream stream, PeerMessage message)
    {
        byte[] frame = new byte[PeerMessageCodec.SizeOf(message)];
        PeerMessageCodec.Write(message, frame);
        await stream.WriteAsync(frame, _end.Token);
    }

    /// <summary>What an honest seed would answer.</summary>
    public static byte[] Honest(TestRelease release, BlockRef block) => release.BlocksOf(block.Piece)[block.Index].ToArray();
}
