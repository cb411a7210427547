using System.Diagnostics;
using System.Net.Sockets;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>A real ssh-agent.</summary>
internal sealed class RunningKeyAgent : IDisposable
{
    private readonly Process _process;

    private RunningKeyAgent(Process process, string socket)
    {
        _process = process;
        Socket = socket;
    }

    public string Socket { get; }

    public static RunningKeyAgent Start(string socket)
    {
        Process process = Process.Start(new ProcessStartInfo("ssh-agent", ["-D", "-a", socket]) { RedirectStandardOutput = true })!;
        Assert.True(SpinWait.SpinUntil(() => IsListening(socket), TimeSpan.FromSeconds(30)));
        return new RunningKeyAgent(process, socket);
    }

    public void Add(string key)
    {
        ProcessStartInfo start = new("ssh-add", ["-q", key]) { RedirectStandardError = true };
        start.Environment["SSH_AUTH_SOCK"] = Socket;
        using Process adding = Process.Start(start)!;
        adding.WaitForExit();
        Assert.Equal(0, adding.ExitCode);
    }

    /// <summary>The file is there a moment before that.</summary>
    private static bool IsListening(string socket)
    {
        try
        {
            using Socket connection = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            connection.Connect(new UnixDomainSocketEndPoint(socket));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
