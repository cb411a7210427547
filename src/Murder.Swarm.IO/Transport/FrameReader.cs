using System.Buffers;
using System.Buffers.Binary;

namespace Murder.Swarm.IO;

/// <summary>What <see cref="FrameReader.TryTake"/> found.</summary>
internal enum FrameResult
{
    Taken,

    /// <summary>Not all of it is here: <see cref="FrameReader.FillAsync"/>.</summary>
    NeedMore,

    /// <summary>Longer than any frame may be.</summary>
    Malformed,
}

/// <summary>
/// Cuts a stream into frames. One large buffer, so that one read brings several blocks; a frame that does not fit makes it grow, but only
/// as its bytes really arrive: a length alone allocates nothing. What is taken is valid until the next <see cref="FillAsync"/>.
/// </summary>
internal sealed class FrameReader(Stream stream) : IDisposable
{
    /// <summary>Bytes of the buffer: seven blocks a read.</summary>
    private const int BufferLength = 128 * 1024;

    private const int PrefixLength = 4;

    /// <summary>Bytes before a block's bytes in the body of a piece message.</summary>
    public const int PieceHeaderLength = 9;

    private const int PieceFrameLengthMax = PieceHeaderLength + PieceLayout.BlockLength;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
    private int _start;
    private int _end;

    /// <summary>Takes exactly so many bytes when they are here.</summary>
    public bool TryTakeBytes(int count, out ReadOnlyMemory<byte> bytes)
    {
        if (_end - _start < count)
        {
            bytes = default;
            return false;
        }

        bytes = _buffer.AsMemory(_start, count);
        _start += count;
        return true;
    }

    /// <summary>Takes the body of the next frame: its bytes without the length prefix; empty for a keep-alive.</summary>
    public FrameResult TryTake(out ReadOnlyMemory<byte> body)
    {
        body = default;
        ReadOnlySpan<byte> here = _buffer.AsSpan(_start, _end - _start);
        if (here.Length < PrefixLength)
        {
            return FrameResult.NeedMore;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(here);
        if (length > PeerMessageCodec.FrameLengthMax)
        {
            return FrameResult.Malformed;
        }

        bool isPiece = here.Length > PrefixLength && here[PrefixLength] == (byte)PeerMessageType.Piece;
        if (isPiece && length is < PieceHeaderLength or > PieceFrameLengthMax)
        {
            return FrameResult.Malformed;
        }

        if (here.Length < PrefixLength + (int)length)
        {
            return FrameResult.NeedMore;
        }

        body = _buffer.AsMemory(_start + PrefixLength, (int)length);
        _start += PrefixLength + (int)length;
        return FrameResult.Taken;
    }

    /// <summary>Reads once; false at the end of the stream.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        MakeRoom();
        int read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read;
        return read > 0;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void MakeRoom()
    {
        int left = _end - _start;
        byte[] from = _buffer;
        if (left == from.Length)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(from.Length * 2);
        }
        else if (left < BufferLength / 2 && from.Length > 2 * BufferLength)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        }

        if (left > 0 && (_start > 0 || !ReferenceEquals(from, _buffer)))
        {
            from.AsSpan(_start, left).CopyTo(_buffer);
        }

        (_start, _end) = (0, left);
        if (!ReferenceEquals(from, _buffer))
        {
            ArrayPool<byte>.Shared.Return(from);
        }
    }
}
