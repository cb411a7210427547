using System.Net.Sockets;
using Murder.PeerHost.Contract;
using Renci.SshNet.Common;

namespace Murder.Deploy;

/// <summary>Opens a shell on a host by the SSH of the package: tries, tries again where that can help, and gives every failure its reason.</summary>
internal sealed class SshNetConnector(SshOptions options, TimeProvider time) : IShellConnector
{
    /// <exception cref="HostException">no shell within <see cref="SshOptions.ConnectMax"/></exception>
    public async Task<IRemoteShell> OpenAsync(TargetHost host, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.ConnectMax, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        string last = "it did not answer";
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                var login = new SshLogin(host, options, time);
                try
                {
                    return await login.RunAsync(either.Token).ConfigureAwait(false);
                }
                catch (Exception e) when (IsOverload(e, login) && attempt < options.AttemptsMax)
                {
                    last = Say(e); // expected: sshd drops connections above MaxStartups
                }
                catch (Exception e) when (Classify(host, e, login) is { } failure)
                {
                    throw failure;
                }

                await Task.Delay(LoginBackoff.Of(host, attempt), time, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HostException(HostFailure.Unreachable, $"{Name(host)} gave no SSH session within {options.ConnectMax.TotalSeconds:0} seconds: {last}");
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

    private static string Say(Exception e) => e is SocketException socket ? Say(socket) : e.Message.TrimEnd('.');

    private static string Say(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.TimedOut => "the connection timed out",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "the name is not known",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => "there is no route to it",
        _ => e.Message,
    };
}
