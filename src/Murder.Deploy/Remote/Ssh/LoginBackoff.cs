using System.Security.Cryptography;
using System.Text;

namespace Murder.Deploy;

/// <summary>How long to wait before a login that an overloaded sshd refused is tried again.</summary>
internal static class LoginBackoff
{
    private static readonly TimeSpan s_min = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_max = TimeSpan.FromSeconds(2);

    /// <summary>Doubles with each attempt and differs between hosts, so that those refused together do not come back together.</summary>
    public static TimeSpan Of(TargetHost host, int attempt)
    {
        TimeSpan full = TimeSpan.FromTicks(Math.Min(s_max.Ticks, s_min.Ticks << attempt));
        byte[] jitter = SHA256.HashData(Encoding.UTF8.GetBytes($"{host.Name} {attempt}"));
        return full * (0.5 + (jitter[0] / 512.0));
    }
}
