using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Murder.PeerHost.Contract;

namespace Murder.PeerHost.Tests;

/// <summary>The agent's executable as a pipe to a port of its own host.</summary>
public sealed class PipeTests : IDisposable
{
    private const string Mark = "MURDER1-0123456789abcdef";

    private readonly TcpListener _port = new(IPAddress.Loopback, 0);

    public PipeTests() => _port.Start();

    private int Port => ((IPEndPoint)_port.LocalEndpoint).Port;

    public void Dispose() => _port.Dispose();

    [Fact]
    public async Task EverythingPassesBothWaysAfterTheMark()
    {
        byte[] there = new byte[3_000_000];
        Random.Shared.NextBytes(there);
        using Process pipe = Start();
        using TcpClient peer = await _port.AcceptTcpClientAsync();
        Task writing = pipe.StandardInput.BaseStream.WriteAsync(there).AsTask();

        byte[] arrived = new byte[there.Length];
        await peer.GetStream().ReadExactlyAsync(arrived);
        await writing;
        await peer.GetStream().WriteAsync("answer"u8.ToArray());
        byte[] back = new byte[Mark.Length + 1 + 6];
        await pipe.StandardOutput.BaseStream.ReadExactlyAsync(back);

        Assert.True(there.AsSpan().SequenceEqual(arrived));
        Assert.Equal(Mark + "\nanswer", Encoding.UTF8.GetString(back));
    }

    [Fact]
    public async Task ItEndsWhenTheDeployerIsGone()
    {
        using Process pipe = Start();
        using TcpClient peer = await _port.AcceptTcpClientAsync();

        pipe.StandardInput.Close();

        await pipe.WaitForExitAsync().WaitAsync(AgentProcess.PatienceMax);
        Assert.Equal(0, pipe.ExitCode);
    }

    [Fact]
    public async Task ItEndsWhenThePeerIsGone()
    {
        using Process pipe = Start();
        (await _port.AcceptTcpClientAsync()).Dispose();

        await pipe.WaitForExitAsync().WaitAsync(AgentProcess.PatienceMax);

        Assert.Equal(0, pipe.ExitCode);
    }

    [Theory]
    [InlineData("free", 1)]
    [InlineData("0", 2)]
    [InlineData("70000", 2)]
    [InlineData("ssh", 2)]
    public async Task WithoutAPortItSaysSoAndNoMark(string port, int exitCode)
    {
        string number = port == "free" ? $"{Port}" : port;
        _port.Stop();

        (int code, string output, string errors) = await AgentProcess.RunAsync(AgentProtocol.PipeVerb, number, Mark);

        Assert.Equal(exitCode, code);
        Assert.Empty(output);
        Assert.Contains(number, errors, StringComparison.Ordinal);
    }

    private Process Start() => AgentProcess.Start([.. AgentProtocol.PipeArguments(Port, Mark)]);
}
