namespace Murder.PeerHost.Contract;

/// <summary>Reads lines that end in a line feed from a stream, each at most so many bytes long. Not thread-safe.</summary>
/// <param name="heard">called whenever bytes have arrived, though no line may be whole yet</param>
public sealed class LineReader(Stream stream, int lineBytesMax, Action? heard = null)
{
    private const int BufferBytesMin = 2 * 1024; // most lines are short, and a deploy has a thousand of these

    /// <summary>A buffer that one long line made larger than this is given up after that line.</summary>
    private const int BufferBytesKept = 1024 * 1024;

    private byte[] _buffer = new byte[BufferBytesMin];
    private int _start;
    private int _end;
    private int _searched; // bytes from _start that hold no line feed

    /// <summary>The next line without its line feed, valid until the next call; null at the end of the stream (an unfinished line is dropped).</summary>
    /// <exception cref="InvalidDataException">the line is longer than allowed; the stream is of no further use</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryTakeLine(out ReadOnlyMemory<byte> line))
            {
                return line;
            }

            MakeRoom();
            int read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return null;
            }

            _end += read;
            heard?.Invoke();
        }
    }

    /// <summary>As <see cref="ReadLineAsync"/>, on the calling thread: for a thread that does nothing else.</summary>
    /// <exception cref="InvalidDataException">the line is longer than allowed; the stream is of no further use</exception>
    public ReadOnlyMemory<byte>? ReadLine()
    {
        while (true)
        {
            if (TryTakeLine(out ReadOnlyMemory<byte> line))
            {
                return line;
            }

            MakeRoom();
            int read = stream.Read(_buffer.AsSpan(_end));
            if (read == 0)
            {
                return null;
            }

            _end += read;
            heard?.Invoke();
        }
    }

    /// <summary>What was read beyond the last line: for who goes on with the stream itself. The reader is of no further use.</summary>
    public ReadOnlyMemory<byte> TakeUnread()
    {
        ReadOnlyMemory<byte> unread = _buffer.AsMemory(_start, _end - _start);
        _start = _end;
        return unread;
    }

    /// <summary>Reads what follows the last line and is no line; false when the stream ends before the destination is full.</summary>
    public bool TryReadBytes(Span<byte> destination)
    {
        int here = Math.Min(destination.Length, _end - _start);
        _buffer.AsSpan(_start, here).CopyTo(destination);
        _start += here;
        for (int read; here < destination.Length; here += read)
        {
            read = stream.Read(destination[here..]);
            if (read == 0)
            {
                return false;
            }

            heard?.Invoke();
        }

        return true;
    }

    private bool TryTakeLine(out ReadOnlyMemory<byte> line)
    {
        int at = _buffer.AsSpan(_start + _searched, _end - _start - _searched).IndexOf((byte)'\n');
        int length = at >= 0 ? _searched + at : _end - _start;
        if (length > lineBytesMax)
        {
            throw new InvalidDataException($"a line of more than {lineBytesMax} bytes");
        }

        line = _buffer.AsMemory(_start, length);
        if (at < 0)
        {
            _searched = length;
            return false;
        }

        _start += length + 1;
        _searched = 0;
        return true;
    }

    private void MakeRoom()
    {
        int left = _end - _start;
        if (_buffer.Length > BufferBytesKept && left <= BufferBytesMin / 2)
        {
            Move(new byte[BufferBytesMin]);
        }
        else if (left == _buffer.Length)
        {
            Move(new byte[_buffer.Length * 2L > Array.MaxLength ? Array.MaxLength : _buffer.Length * 2]);
        }
        else if (_start > 0)
        {
            Move(_buffer);
        }
    }

    private void Move(byte[] buffer)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(buffer);
        _buffer = buffer;
        _end -= _start;
        _start = 0;
    }
}
