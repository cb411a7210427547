using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Murder.PeerHost.Contract;
using Murder.Swarm.IO;

namespace Murder.PeerHost;

/// <summary>
/// Hands on this agent's own file, compressed, to hosts that have none: over plain HTTP, under the one path that the deployer told them, and
/// nothing else. They check it by a hash that came to them over SSH. Ends by itself after a while, and when it is disposed of.
/// </summary>
internal sealed class OfferVerb : IAsyncDisposable
{
    private const int ChunkBytes = 64 * 1024;

    private readonly OfferOptions _options;
    private readonly TimeProvider _time;
    private readonly string _file;
    private readonly byte[] _requestStart;
    private readonly PeerListener _listener;
    private readonly SemaphoreSlim _places;
    private readonly List<Task> _clients = [];
    private Lazy<Task<byte[]>>? _compressed; // null when the offer is over
    private readonly CancellationTokenSource _end = new();
    private readonly CancellationTokenSource _closing;
    private readonly Task _accepting;

    /// <param name="file">the agent's own; null when it is not one that hosts can run</param>
    /// <param name="address">where the others are told to come; null when it is not known</param>
    /// <exception cref="VerbException">there is nothing to hand on, or no port is free</exception>
    public OfferVerb(OfferCommand command, string? file, IPAddress? address, OfferOptions options, TimeProvider time)
    {
        _file = file ?? throw new VerbException(HostFailure.PlatformUnsupported, "this agent is not one file that another host could run");
        _options = options;
        _time = time;
        _requestStart = Encoding.ASCII.GetBytes($"GET /{command.Path} HTTP/1.");
        _listener = Listen(address ?? IPAddress.IPv6Any, command.Port, options.PortsTried);
        _places = new SemaphoreSlim(options.ClientsMax);
        _compressed = new Lazy<Task<byte[]>>(() => Task.Run(Compress));
        _closing = new CancellationTokenSource(options.OpenMax, time);
        _accepting = AcceptAsync();
    }

    public int Port => _listener.Port;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _closing.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        _closing.Dispose();
        _end.Dispose();
        _places.Dispose();
    }

    private static PeerListener Listen(IPAddress address, int first, int portsTried)
    {
        if (first == 0)
        {
            return new PeerListener(address, 0, portsTried: 1);
        }

        int last = Math.Min(first + portsTried - 1, IPEndPoint.MaxPort);
        for (int port = last; ; port--)
        {
            try
            {
                return new PeerListener(address, port, portsTried: 1);
            }
            catch (SocketException) when (port > first)
            {
                // expected: another application's swarm listens there
            }
            catch (SocketException e)
            {
                throw new VerbException(HostFailure.PortsTaken, string.Create(CultureInfo.InvariantCulture, $"none of the ports {first} to {last} can be listened on: {e.Message}"), e);
            }
        }
    }

    private async Task AcceptAsync()
    {
        await _listener.AcceptAsync(LetInAsync, _time, _closing.Token).ConfigureAwait(false);
        _listener.Dispose();
        await Task.WhenAll(_clients).ConfigureAwait(false);
        if (_compressed is { IsValueCreated: true } compressed)
        {
            // What it ended with its clients have heard.
            await ((Task)compressed.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _compressed = null;
    }

    /// <summary>Returns when the next one may come.</summary>
    private async Task LetInAsync(Socket socket)
    {
        Task place = _places.WaitAsync(_closing.Token);
        await place.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!place.IsCompletedSuccessfully)
        {
            socket.Dispose();
            return;
        }

        _clients.RemoveAll(client => client.IsCompleted);
        _clients.Add(ServeAsync(socket));
    }

    /// <summary>Whoever asks for anything else, or not in time, hears nothing.</summary>
    private async Task ServeAsync(Socket socket)
    {
        await using NetworkStream stream = new(socket, ownsSocket: true);
        try
        {
            bool isAskedFor = false;
            // In all, not a byte at a time: whoever does not know the path is to hold no place.
            await WithinAsync(async token => isAskedFor = await IsAskedForAsync(stream, token).ConfigureAwait(false)).ConfigureAwait(false);
            if (isAskedFor)
            {
                byte[] content = await _compressed!.Value.WaitAsync(_end.Token).ConfigureAwait(false);
                byte[] head = Encoding.ASCII.GetBytes($"HTTP/1.0 200 OK\r\nContent-Length: {content.Length}\r\nConnection: close\r\n\r\n");
                await WithinAsync(token => stream.WriteAsync(head, token)).ConfigureAwait(false);
                for (int sent = 0; sent < content.Length; sent += ChunkBytes)
                {
                    ReadOnlyMemory<byte> chunk = content.AsMemory(sent, Math.Min(ChunkBytes, content.Length - sent));
                    await WithinAsync(token => stream.WriteAsync(chunk, token)).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or UnauthorizedAccessException)
        {
            // Expected: the client has gone, or is too slow, or the offer ends; or the file is gone, and the client gets it from the deployer.
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task<bool> IsAskedForAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        byte[] request = new byte[_options.RequestBytesMax];
        int length = 0;
        while (length < request.Length && request.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
        {
            int read = await stream.ReadAsync(request.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return false;
            }

            length += read;
        }

        return request.AsSpan(0, length).StartsWith(_requestStart);
    }

    private async Task WithinAsync(Func<CancellationToken, ValueTask> step)
    {
        using CancellationTokenSource silence = new(_options.SilenceMax, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, _end.Token);
        await step(either.Token).ConfigureAwait(false);
    }

    /// <summary>
    /// In memory, for as long as the offer lasts. On a link of 20 Mbit/s the 14 MB take 6 s as they are and 2.9 s so, for 0.2 s of one core; the
    /// best compression would take three times that to save another 0.2 s.
    /// </summary>
    private byte[] Compress()
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest))
        using (FileStream file = File.OpenRead(_file))
        {
            file.CopyTo(gzip);
        }

        return packed.ToArray();
    }
}
