namespace Murder.PeerHost;

/// <summary>One command of an activation, as <c>/bin/sh</c> gets it.</summary>
/// <param name="Name">what people know it by</param>
/// <param name="Script">finds the arguments as <c>$1</c> and so on, so that nothing has to be quoted</param>
internal sealed record HookCommand(string Name, string Script, IReadOnlyList<string> Arguments)
{
    public const string Shell = "/bin/sh";

    /// <summary>Of a long command this much is enough to know it by.</summary>
    private const int CommandCharsTold = 200;

    /// <param name="step">as the property that it stands in</param>
    /// <param name="folder">absolute path of the folder it runs in</param>
    public static HookCommand InFolder(string step, string command, string folder) =>
        new($"{step} '{Shortened(command)}'", $"cd \"$1\" && exec {Shell} -c \"$2\"", [folder, command]);

    public static HookCommand Systemctl(string verb, string service) =>
        new($"'systemctl {verb} {service}'", "exec systemctl \"$1\" \"$2\"", [verb, service]);

    /// <summary>Says whether systemd has a unit that it could start: <c>loaded</c> when it has. Changes nothing.</summary>
    public static HookCommand LoadState(string service) =>
        new($"'systemctl show {service}'", "exec systemctl show --property=LoadState --value \"$1\"", [service]);

    /// <summary>For exec(3). The shell calls itself "sh" in what it says.</summary>
    public string[] ToArguments() => ["sh", "-c", Script, "sh", .. Arguments];

    private static string Shortened(string command) => command.Length <= CommandCharsTold ? command : command[..CommandCharsTold] + "…";
}
