using System.Buffers;

namespace Murder.Swarm.IO;

/// <summary>
/// Holds back what is written until the flush, and sends it as one. TLS writes each record by itself, and a block's message takes two, the
/// second of 13 bytes: both would be calls into the kernel, packets, and wake-ups of the other side. Takes over the stream.
/// </summary>
internal sealed class GatheringStream(Stream stream) : Stream
{
    /// <summary>More is sent without being flushed.</summary>
    private const int BytesMax = 192 * 1024;

    private byte[]? _gathered; // from the pool while there is something in it
    private int _length;

    /// <summary>False until set: a handshake of TLS does not flush what it writes.</summary>
    public bool IsGathering { get; set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => stream.ReadAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_length + buffer.Length > BytesMax)
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        if (!IsGathering || buffer.Length > BytesMax)
        {
            await stream.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            return;
        }

        _gathered ??= ArrayPool<byte>.Shared.Rent(BytesMax);
        buffer.CopyTo(_gathered.AsMemory(_length));
        _length += buffer.Length;
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_gathered is not { } gathered)
        {
            return;
        }

        int length = _length;
        (_gathered, _length) = (null, 0);
        await stream.WriteAsync(gathered.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        ArrayPool<byte>.Shared.Return(gathered);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            stream.Dispose();
        }

        base.Dispose(disposing);
    }
}
