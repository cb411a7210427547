using System.Text.Json.Serialization;

namespace Murder.PeerHost.Contract;

/// <summary>
/// What happens on a host around the switch of <c>current</c>, in this order: <see cref="BeforeActivate"/>, the switch, <see cref="Service"/>,
/// <see cref="AfterActivate"/>, <see cref="HealthUrl"/>. What is empty is left out; the first that fails ends the activation.
/// <para>
/// Commands go to <c>/bin/sh -c</c> in the release's folder, with the environment of the login, the variables of <c>shared/murder.env</c>, and
/// MURDER_APPLICATION, MURDER_RELEASE, MURDER_RELEASE_PATH, MURDER_PREVIOUS (what was active before; empty when nothing was), MURDER_ROOT and
/// MURDER_CURRENT (the path of the link). Exit code 0 is success. What a command leaves running in the background stays, but has to send its output elsewhere: its pipe ends with the command.
/// </para>
/// </summary>
/// <param name="BeforeActivate">a command, run while the old release is still active</param>
/// <param name="AfterActivate">a command, run when the new release is active and the service has been restarted</param>
/// <param name="Service">a systemd unit that is restarted</param>
/// <param name="HealthUrl">
/// an http or https URL that is asked until it answers 2xx. Its host is an IP address, <c>localhost</c>, or a name in the host's
/// <c>/etc/hosts</c> (a static agent must not resolve names). A certificate is not checked: the question is whether the service lives, and it
/// is asked on the host itself
/// </param>
/// <param name="HealthTimeoutSeconds">how long <paramref name="HealthUrl"/> may do otherwise; one second is the least, a day the most</param>
public sealed record ActivationSteps(string BeforeActivate = "", string AfterActivate = "", string Service = "", string HealthUrl = "", double HealthTimeoutSeconds = 30)
{
    public static ActivationSteps None { get; } = new();

    /// <summary>Nothing is to be done but the switch.</summary>
    [JsonIgnore]
    public bool IsNone => BeforeActivate.Length + AfterActivate.Length + Service.Length + HealthUrl.Length == 0;
}
