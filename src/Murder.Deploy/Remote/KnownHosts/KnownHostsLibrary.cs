using System.Collections.Concurrent;
using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>The known_hosts files that hosts are checked against: mostly the same for all of them, so each set of files is read once. Thread-safe.</summary>
internal sealed class KnownHostsLibrary
{
    private readonly ConcurrentDictionary<string, Lazy<KnownHosts>> _read = new(StringComparer.Ordinal);
    private readonly Lock _appending = new();

    /// <exception cref="HostException">a file is there and cannot be read</exception>
    public KnownHosts Read(TargetHost host, IReadOnlyList<string> files)
    {
        try
        {
            return _read.GetOrAdd(string.Join('\n', files), _ => new Lazy<KnownHosts>(() => KnownHosts.Read(files))).Value;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HostException(HostFailure.ConfigUnusable, $"{host.Name}: the known host keys cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Keeps the key of a host that has shown it for the first time, as <c>StrictHostKeyChecking=accept-new</c> wants it.</summary>
    /// <exception cref="HostException">it cannot be kept: then it is not to be trusted either, or it would be new for ever</exception>
    public void Learn(TargetHost host, string file, byte[] key)
    {
        try
        {
            lock (_appending)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.AppendAllText(file, $"{(EndsInALine(file) ? "" : "\n")}{host.KnownHostsName.ToLowerInvariant()} {KnownHostsLine.TypeOf(key)} {Convert.ToBase64String(key)}\n");
                _read.Clear(); // the next connection to the host is to know it
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HostException(HostFailure.HostKeyUnknown, $"{host.Name}: its new host key cannot be kept: {e.Message}", e);
        }
    }

    private static bool EndsInALine(string file) => !File.Exists(file) || File.ReadAllBytes(file) is [] or [.., (byte)'\n'];
}
