using System.Net.Sockets;
using System.Text.RegularExpressions;
using Murder.PeerHost.Contract;
using Renci.SshNet.Common;

namespace Murder.Deploy;

/// <summary>Opens a shell on a host by the SSH of the package, and gives every failure its reason.</summary>
internal sealed partial class SshNetConnector(SshOptions options, TimeProvider time) : IShellConnector
{
    private readonly LoginRetry _retry = new(options, time);
    private readonly ReusedThreads _writers = new("ssh in");

    public Task<IRemoteShell> OpenAsync(TargetHost host, CancellationToken cancellationToken) =>
        _retry.RunAsync(host, token => TryOpenAsync(host, token), cancellationToken);

    private async Task<LoginAttempt> TryOpenAsync(TargetHost host, CancellationToken cancellationToken)
    {
        var login = new SshLogin(host, options, _writers, time);
        try
        {
            return new LoginAttempt(await login.RunAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (Classify(host, e, login) is { } failure)
        {
            return new LoginAttempt(Shell: null, failure, IsOverload(e, login), Say(e));
        }
    }

    private static bool IsOverload(Exception e, SshLogin login) => !login.HostKeySeen && e switch
    {
        SshConnectionException => true, // closed before or during the key exchange
        SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted } => true,
        _ => false,
    };

    /// <summary>Null for what is no failure of the host: cancellation, and bugs.</summary>
    private HostException? Classify(TargetHost host, Exception e, SshLogin login) => e switch
    {
        HostException => null, // said already, at the key or the identity
        SshAuthenticationException => new HostException(
            HostFailure.AuthenticationFailed,
            $"{options.UserOf(host)} may not log in to {Name(host)} with {login.Identities}: {Say(e)}",
            e),
        SshOperationTimeoutException => new HostException(HostFailure.Unreachable, $"{Name(host)} did not answer in time: {Say(e)}", e),
        SocketException socket => new HostException(HostFailure.Unreachable, $"{Name(host)} cannot be reached: {Say(socket)}", e),
        SshConnectionException => new HostException(HostFailure.Unreachable, $"{Name(host)} ended the connection: {Say(e)}", e),
        SshException when login.LoggedIn => new HostException(HostFailure.NoShell, $"{Name(host)} opens no session for {options.UserOf(host)}: {Say(e)}", e),
        SshException => new HostException(HostFailure.Unreachable, $"{Name(host)} cannot be spoken to: {Say(e)}", e),
        _ => null,
    };

    private static string Name(TargetHost host) => $"{host.Name} ({host.Endpoint})";

    private static string Say(Exception e) => e switch
    {
        SocketException socket => Say(socket),
        SshAuthenticationException when AskedFor().Match(e.Message) is { Success: true } asked => $"it asks for {asked.Groups[1].Value}, which a build cannot answer",
        _ => e.Message.TrimEnd('.'),
    };

    /// <summary>SSH.NET's words for a host that a key is not enough for, or nothing.</summary>
    [GeneratedRegex(@"^No suitable authentication method found to complete authentication \((.+)\)")]
    private static partial Regex AskedFor();

    private static string Say(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.TimedOut => "the connection timed out",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "the name is not known",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => "there is no route to it",
        _ => e.Message,
    };
}
