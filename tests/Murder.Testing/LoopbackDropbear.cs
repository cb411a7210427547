using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Murder.Testing;

/// <summary>A real Dropbear on 127.0.0.1 with a key of its own, for a login that has authorized a key. Ends, with its sessions, when disposed.</summary>
public sealed class LoopbackDropbear : IDisposable
{
    private static readonly TimeSpan s_startMax = TimeSpan.FromSeconds(30);

    private readonly TestDirectory _directory = new();
    private readonly Process _process;

    /// <param name="keyType">as <c>dropbearkey -t</c> names it</param>
    public LoopbackDropbear(string keyType)
    {
        string key = _directory.Combine("host_key");
        string made = Command.Run("dropbearkey", "-t", keyType, "-f", key);
        Port = FreePort();
        PublicKey = string.Join(' ', made.Split('\n').First(line => line.StartsWith("ssh-", StringComparison.Ordinal) || line.StartsWith("ecdsa-", StringComparison.Ordinal)).Split(' ').Take(2));
        KnownHostsPath = _directory.Write("known_hosts", System.Text.Encoding.UTF8.GetBytes($"[127.0.0.1]:{Port} {PublicKey}\n"));
        _process = Process.Start(new ProcessStartInfo("dropbear", ["-F", "-E", "-s", "-p", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}"), "-r", key, "-P", _directory.Combine("pid")])
        {
            RedirectStandardError = true,
        })!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        if (!SpinWait.SpinUntil(Listens, s_startMax))
        {
            throw new InvalidOperationException("dropbear does not listen");
        }
    }

    public int Port { get; }

    /// <summary>Of the host: type and base64.</summary>
    public string PublicKey { get; }

    public string KnownHostsPath { get; }

    public void Dispose()
    {
        ProcessTree.KillWithDescendants(_process.Id);
        _process.WaitForExit();
        _process.Dispose();
        _directory.Dispose();
    }

    private bool Listens()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
