using System.Security.Cryptography;
using System.Text;
using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>Logs in to a host: tries, tries again where that can help, and ends within <see cref="SshOptions.ConnectMax"/>. By which engine is the caller's matter.</summary>
internal sealed class LoginRetry(SshOptions options, TimeProvider time)
{
    private static readonly TimeSpan s_backoffMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_backoffMax = TimeSpan.FromSeconds(2);

    /// <exception cref="HostException">there is no shell in time, or never</exception>
    public async Task<IRemoteShell> RunAsync(TargetHost host, Func<CancellationToken, Task<LoginAttempt>> tryOnce, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.ConnectMax, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        string last = "it did not answer";
        try
        {
            for (int number = 1; ; number++)
            {
                LoginAttempt attempt = await tryOnce(either.Token).ConfigureAwait(false);
                if (attempt.Shell is { } shell)
                {
                    return shell;
                }

                if (!attempt.MayPass || number == options.AttemptsMax)
                {
                    throw attempt.Failure!;
                }

                last = attempt.Words;
                await Task.Delay(Backoff(host, number), time, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HostException(HostFailure.Unreachable, $"{host.Name} ({host.Endpoint}) gave no SSH session within {options.ConnectMax.TotalSeconds:0} seconds: {last}");
        }
    }

    /// <summary>Doubles with each attempt and differs between hosts, so that those refused together do not come back together.</summary>
    private static TimeSpan Backoff(TargetHost host, int attempt)
    {
        TimeSpan full = TimeSpan.FromTicks(Math.Min(s_backoffMax.Ticks, s_backoffMin.Ticks << attempt));
        byte[] jitter = SHA256.HashData(Encoding.UTF8.GetBytes($"{host.Name} {attempt}"));
        return full * (0.5 + (jitter[0] / 512.0));
    }
}

/// <summary>What one attempt came to.</summary>
/// <param name="Shell">null when there is none</param>
/// <param name="Failure">why there is none; null when there is</param>
/// <param name="MayPass">an sshd whose MaxStartups is reached drops new connections: it may let the next one in</param>
/// <param name="Words">what was said, for when the time is over</param>
internal sealed record LoginAttempt(IRemoteShell? Shell, HostException? Failure = null, bool MayPass = false, string Words = "");
