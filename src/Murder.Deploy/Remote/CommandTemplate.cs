using System.Globalization;

namespace Murder.Deploy;

/// <summary>
/// A command that gives a shell on a host, for fleets that are reached by something else than SSH: <c>kubectl exec -i {host} -- sh</c>. The system's
/// shell runs it, with <c>{host}</c>, <c>{user}</c> and <c>{port}</c> as the inventory has them; none of these can mean anything to a shell.
/// </summary>
internal sealed record CommandTemplate
{
    private const string Host = "{host}";

    private readonly string _text;

    private CommandTemplate(string text) => _text = text;

    /// <summary>The transport is no command: it is called so, or nothing is said.</summary>
    public static bool IsSsh(string transport) => transport is "" or "ssh";

    /// <summary>Null for a transport that is SSH.</summary>
    /// <exception cref="DeploymentException">it does not say where the host goes</exception>
    public static CommandTemplate? Of(string transport) => IsSsh(transport) ? null
        : transport.Contains(Host, StringComparison.Ordinal) ? new CommandTemplate(transport)
        : throw new DeploymentException(SettingsProblems.Transport(transport));

    public string For(TargetHost host) => _text
        .Replace(Host, host.Address, StringComparison.Ordinal)
        .Replace("{user}", host.User ?? Environment.UserName, StringComparison.Ordinal)
        .Replace("{port}", host.SshPort.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
