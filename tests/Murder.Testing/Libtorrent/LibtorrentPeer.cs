using System.Diagnostics;
using System.Text.Json;

namespace Murder.Testing;

/// <summary>
/// A real libtorrent 2.0 peer (Debian's python3-libtorrent) as a child process, for interop tests. It must be installed: build/test.sh does that.
/// </summary>
public sealed class LibtorrentPeer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _lines = [];
    private readonly Task _reading;

    private LibtorrentPeer(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    /// <summary>Ends when the peer has every piece.</summary>
    public Task Complete => _complete.Task;

    /// <summary>Everything the peer said, for the message of a failed test.</summary>
    public string Transcript
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <summary>Joins the torrent with what is in <paramref name="saveDirectory"/>/NAME, and comes back when it listens.</summary>
    public static async Task<LibtorrentPeer> StartAsync(string torrentFile, string saveDirectory, Uri tracker)
    {
        ProcessStartInfo start = new("/usr/bin/python3")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Libtorrent", "libtorrent_peer.py"));
        start.ArgumentList.Add(torrentFile);
        start.ArgumentList.Add(saveDirectory);
        start.ArgumentList.Add(tracker.ToString());
        LibtorrentPeer peer = new(Process.Start(start)!);
        await peer._listening.Task.WaitAsync(TimeSpan.FromSeconds(30));
        return peer;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(5));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        Task<string> errors = _process.StandardError.ReadToEndAsync();
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            lock (_lines)
            {
                _lines.Add(line);
            }

            JsonElement said = JsonDocument.Parse(line).RootElement;
            switch (said.GetProperty("event").GetString())
            {
                case "listening":
                    _listening.TrySetResult(said.GetProperty("port").GetInt32());
                    break;
                case "complete":
                    _complete.TrySetResult();
                    break;
            }
        }

        InvalidOperationException ended = new($"libtorrent ended: {await errors}\n{Transcript}");
        _listening.TrySetException(ended);
        _complete.TrySetException(ended);
        _ = _complete.Task.Exception; // nobody may be waiting for it
    }
}
