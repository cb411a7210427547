using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;

namespace Murder.Swarm.IO;

/// <summary>
/// One connection to the tracker: reads requests one after another and answers each. Ends by itself, and never later than its deadlines:
/// when the other side closes, is too slow or sends something else than HTTP, or when an answer says so. Owns its stream and socket.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly TrackerServerOptions _options;
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenRegistration _stop;
    private byte[]? _buffer; // from the pool while bytes of a request are here, so that an idle connection holds none
    private int _length;

    /// <param name="stream">the socket's, or TLS around it</param>
    public HttpConnection(Socket socket, Stream stream, TrackerServerOptions options, TimeProvider time, CancellationToken stop)
    {
        _socket = socket;
        _stream = stream;
        _options = options;
        _deadline = new CancellationTokenSource(options.RequestTimeout, time);
        _stop = stop.UnsafeRegister(static deadline => ((CancellationTokenSource)deadline!).Cancel(), _deadline);
    }

    /// <summary>Answers requests until there is a reason to end.</summary>
    /// <exception cref="IOException">the connection broke</exception>
    /// <exception cref="SocketException">the connection broke</exception>
    /// <exception cref="OperationCanceledException">a deadline passed, or the server stops</exception>
    public async Task ServeAsync(Func<HttpRequestHead, HttpAnswer> answer)
    {
        HttpAnswer given;
        do
        {
            int end = await ReadHeadAsync().ConfigureAwait(false);
            if (end == 0)
            {
                return;
            }

            given = end < 0 ? HttpAnswer.Refusal(HttpStatus.HeadTooLarge)
                : HttpRequestHead.TryParse(_buffer.AsSpan(0, end), out HttpStatus status) is { } request ? answer(request)
                : HttpAnswer.Refusal(status);
            Consume(Math.Max(end, 0));
            await _stream.WriteAsync(given.ToBytes(), _deadline.Token).ConfigureAwait(false);
            await _stream.FlushAsync(_deadline.Token).ConfigureAwait(false);
            _deadline.CancelAfter(_options.IdleTimeout);
        }
        while (given.KeepAlive);

        await CloseAsync().ConfigureAwait(false);
    }

    public void Dispose()
    {
        _stop.Dispose();
        _deadline.Dispose();
        _stream.Dispose();
        _socket.Dispose();
        ReturnBuffer();
    }

    /// <summary>Reads until a whole head is at the front of the buffer. Its length; 0 when the other side has closed, -1 when it is too long.</summary>
    private async ValueTask<int> ReadHeadAsync()
    {
        int searched = 0;
        bool isBegun = false;
        while (true)
        {
            if (_length > 0 && !isBegun)
            {
                isBegun = true;
                _deadline.CancelAfter(_options.RequestTimeout);
            }

            int at = _buffer.AsSpan(searched, _length - searched).IndexOf(HttpRequestHead.End);
            if (at >= 0)
            {
                return searched + at + HttpRequestHead.End.Length;
            }

            if (_length == _options.RequestBytesMax)
            {
                return -1;
            }

            searched = Math.Max(0, _length - HttpRequestHead.End.Length + 1);
            if (_buffer is null)
            {
                // Completes when there is something to read, without a buffer to read it into.
                await _stream.ReadAsync(Memory<byte>.Empty, _deadline.Token).ConfigureAwait(false);
                _buffer = ArrayPool<byte>.Shared.Rent(_options.RequestBytesMax);
            }

            int read = await _stream.ReadAsync(_buffer.AsMemory(_length, _options.RequestBytesMax - _length), _deadline.Token).ConfigureAwait(false);
            if (read == 0)
            {
                return 0;
            }

            _length += read;
        }
    }

    // Closing with unread bytes would reset the connection, and the other side could lose the answer: read them first, within reason.
    private async ValueTask CloseAsync()
    {
        const int DrainedBytesMax = 64 * 1024;
        if (_stream is SslStream secured)
        {
            await secured.ShutdownAsync().ConfigureAwait(false);
            await secured.FlushAsync().ConfigureAwait(false);
        }

        _socket.Shutdown(SocketShutdown.Send);
        _deadline.CancelAfter(_options.RequestTimeout);
        _buffer ??= ArrayPool<byte>.Shared.Rent(_options.RequestBytesMax);
        int drained = 0;
        int read;
        do
        {
            read = await _stream.ReadAsync(_buffer, _deadline.Token).ConfigureAwait(false);
            drained += read;
        }
        while (read > 0 && drained < DrainedBytesMax);
    }

    /// <summary>Drops what has been answered; what follows is the beginning of the next request.</summary>
    private void Consume(int count)
    {
        _buffer.AsSpan(count, _length - count).CopyTo(_buffer);
        _length -= count;
        if (_length == 0)
        {
            ReturnBuffer();
        }
    }

    private void ReturnBuffer()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }
    }
}
