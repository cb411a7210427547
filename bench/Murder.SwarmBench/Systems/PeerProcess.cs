using System.Diagnostics;

namespace Murder.SwarmBench;

/// <summary>A program on a place of the lab that is spoken to in lines; it ends with this object.</summary>
internal sealed class PeerProcess(string name, Process process) : IAsyncDisposable
{
    public static PeerProcess Start(Lab lab, string place, params IEnumerable<string> command) => new(place, lab.Start(place, command));

    /// <summary>Waits for a line that begins with the word; what follows it.</summary>
    /// <exception cref="BenchException">it ended before</exception>
    public async Task<string> ExpectAsync(string word, CancellationToken cancellationToken)
    {
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith(word, StringComparison.Ordinal))
            {
                return line[word.Length..].Trim();
            }
        }

        throw new BenchException($"the peer on {name} ended before it said '{word}'");
    }

    public async Task SayAsync(string line)
    {
        await process.StandardInput.WriteLineAsync(line);
        await process.StandardInput.FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Command.Kill(process);
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
