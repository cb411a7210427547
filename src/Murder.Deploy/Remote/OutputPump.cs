using System.IO.Pipelines;

namespace Murder.Deploy;

/// <summary>
/// Turns a stream whose reads block into one with asynchronous reads that honour their token: a thread of its own always reads the source,
/// because SSH.NET buffers without limit what nobody reads.
/// </summary>
internal sealed class OutputPump
{
    /// <summary>What may wait to be read. SSH.NET knows no back-pressure, so more than that is an error of the other side, not a reason to wait.</summary>
    public const int UnreadBytesMax = 4 * 1024 * 1024;

    /// <summary>The most that is read at once; less until that much arrives, for a thousand pumps wait with an empty buffer each.</summary>
    private const int ReadBytesMax = 32 * 1024;

    private const int ReadBytesMin = 1024;

    private readonly Pipe _pipe = new(new PipeOptions(minimumSegmentSize: ReadBytesMin, pauseWriterThreshold: UnreadBytesMax, resumeWriterThreshold: UnreadBytesMax / 2, useSynchronizationContext: false));

    /// <param name="afterRead">called on the pump's thread after every read and at the end</param>
    public OutputPump(string name, Stream source, Action? afterRead = null)
    {
        Output = _pipe.Reader.AsStream();
        Completed = DedicatedThread.RunAsync(name, () => Pump(source, afterRead));
    }

    /// <summary>Ends when the source does, for whatever reason.</summary>
    public Stream Output { get; }

    /// <summary>The thread has ended. Never faults.</summary>
    public Task Completed { get; }

    private void Pump(Stream source, Action? afterRead)
    {
        Exception? overflow = null;
        int length = ReadBytesMin;
        try
        {
            while (true)
            {
                int read = source.Read(_pipe.Writer.GetSpan(length)[..length]);
                afterRead?.Invoke();
                if (read == 0)
                {
                    break;
                }

                _pipe.Writer.Advance(read);
                length = read == length ? Math.Min(2 * length, ReadBytesMax) : length;
                ValueTask<FlushResult> flush = _pipe.Writer.FlushAsync();
                if (!flush.IsCompleted)
                {
                    overflow = new IOException($"more than {UnreadBytesMax} bytes arrived that nobody had asked for");
                    break;
                }

                if (flush.GetAwaiter().GetResult().IsCompleted)
                {
                    break; // nobody reads any more
                }
            }
        }
        catch (Exception) // expected: a lost connection or a disposed stream, and each library has its own exceptions for that; it is the end
        {
        }

        _pipe.Writer.Complete(overflow);
    }
}
