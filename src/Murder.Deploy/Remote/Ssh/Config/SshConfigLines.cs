using System.Collections.Concurrent;

namespace Murder.Deploy;

/// <summary>The lines of configuration files, each of which is read once for however many hosts. Thread-safe.</summary>
internal sealed class SshConfigLines
{
    private readonly ConcurrentDictionary<(string Path, int Depth), (string Keyword, IReadOnlyList<string> Arguments)[]> _read = [];

    /// <inheritdoc cref="SshConfigText.Read"/>
    public IReadOnlyList<(string Keyword, IReadOnlyList<string> Arguments)> Of(string path, int depth) =>
        _read.GetOrAdd((path, depth), static file => [.. SshConfigText.Read(file.Path, file.Depth)]);
}
