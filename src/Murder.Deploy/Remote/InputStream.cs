namespace Murder.Deploy;

/// <summary>
/// Gives a stream whose writes block asynchronous writes: each runs on a thread of its own for as long as it takes. A cancelled write may go on in the background, so the stream is of no further use after one; disposing it
/// is the end of the other side's stdin. One writer at a time.
/// </summary>
/// <param name="runAsync">has a thread do what blocks</param>
internal sealed class InputStream(Stream target, Func<Action, Task> runAsync) : Stream
{
    private bool _broken;
    private int _disposed;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <exception cref="IOException">the other side is gone</exception>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_broken)
        {
            throw new IOException("an earlier write was not completed");
        }

        _broken = true;
        await runAsync(() => WriteBlocking(buffer)).WaitAsync(cancellationToken).ConfigureAwait(false);
        _broken = false;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => WriteBlocking(buffer.AsMemory(offset, count));

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Ends the other side's stdin without holding the caller's thread. Never faults, but may take as long as the connection does.</summary>
    public override async ValueTask DisposeAsync()
    {
        await runAsync(Dispose).ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            try
            {
                target.Dispose();
            }
            catch (Exception) // expected: the other side is gone already, and each library has its own exceptions for that
            {
            }
        }

        base.Dispose(disposing);
    }

    private void WriteBlocking(ReadOnlyMemory<byte> buffer)
    {
        try
        {
            target.Write(buffer.Span);
            target.Flush();
        }
        catch (Exception e) when (e is not IOException) // expected: SSH.NET has four kinds of exceptions for a channel that is gone
        {
            throw new IOException(e.Message, e);
        }
    }
}
