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
        Task writing = pipe.StandardInput.BaseStream.WriteAsync(there).AsTask();
        using TcpClient peer = await _port.AcceptTcpClientAsync();

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
        await pipe.StandardInput.BaseStream.WriteAsync("hello"u8.ToArray());
        using TcpClient peer = await _port.AcceptTcpClientAsync();

        pipe.StandardInput.Close();

        await pipe.WaitForExitAsync().WaitAsync(AgentProcess.PatienceMax);
        Assert.Equal(0, pipe.ExitCode);
    }

    [Fact]
    public async Task ItEndsWhenThePeerIsGone()
    {
        using Process pipe = Start();
        await pipe.StandardInput.BaseStream.WriteAsync("hello"u8.ToArray());
        (await _port.AcceptTcpClientAsync()).Dispose();

        await pipe.WaitForExitAsync().WaitAsync(AgentProcess.PatienceMax);

        Assert.Equal(0, pipe.ExitCode);
    }

    /// <summary>A peer that accepts a connection does not wait for its first byte for long, and a pipe may be opened long before it is needed.</summary>
    [Fact]
    public async Task ThePortIsConnectedToAtTheFirstByte()
    {
        using Process pipe = Start();
        byte[] mark = new byte[Mark.Length + 1];
        await pipe.StandardOutput.BaseStream.ReadExactlyAsync(mark);

        Assert.False(_port.Pending());
        pipe.StandardInput.Close();
        await pipe.WaitForExitAsync().WaitAsync(AgentProcess.PatienceMax);
        Assert.False(_port.Pending());
        Assert.Equal(0, pipe.ExitCode);
    }

    [Fact]
    public async Task WhereNobodyListensItSaysSo()
    {
        int port = Port;
        using Process pipe = AgentProcess.Start([.. AgentProtocol.PipeArguments(port, Mark)]);
        _port.Stop();

        await pipe.StandardInput.BaseStream.WriteAsync("hello"u8.ToArray());
        pipe.StandardInput.Close();

        Assert.Contains($"port {port} of this host", await pipe.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
        await pipe.WaitForExitAsync().WaitAsync(AgentProcess.PatienceMax);
        Assert.Equal(1, pipe.ExitCode);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("70000")]
    [InlineData("ssh")]
    public async Task WhatIsNoPortIsRefused(string port)
    {
        (int code, string output, string errors) = await AgentProcess.RunAsync(AgentProtocol.PipeVerb, port, Mark);

        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Contains(port, errors, StringComparison.Ordinal);
    }

    private Process Start() => AgentProcess.Start([.. AgentProtocol.PipeArguments(Port, Mark)]);
}
