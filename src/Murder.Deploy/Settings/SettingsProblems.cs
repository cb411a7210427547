namespace Murder.Deploy;

/// <summary>Problems of single settings: MURDER0010 to MURDER0029.</summary>
internal static class SettingsProblems
{
    public static Problem NotInRange(string property, string value, string expected) => new(
        "MURDER0010",
        $"{property} is '{value}'.",
        $"Give {expected}.");

    public static Problem SwarmSecurity(string value) => new(
        "MURDER0011",
        $"MurderSwarmSecurity is '{value}'.",
        "Leave the property out for 'tls', by which the hosts of a deploy speak with each other only, or set it to 'none'.");

    public static Problem ApplicationName(string value) => new(
        "MURDER0012",
        $"MurderApplication is '{value}', which cannot name a folder.",
        "Use letters, digits, '.', '-' and '_', beginning with a letter or digit, at most 64 of them.");

    public static Problem ReleaseId(string value) => new(
        "MURDER0013",
        $"MurderRelease is '{value}', which is not a release id.",
        "Use letters, digits, '.', '-', '_' and '+', beginning with a letter or digit, at most 128 of them; 'dotnet msbuild -t:MurderStatus' with the same Hosts lists the ids there.");

    public static Problem ReleaseMissing() => new(
        "MURDER0014",
        "MurderRelease is empty: which release is to be activated?",
        "Pass -p:MurderRelease=ID; 'dotnet msbuild -t:MurderStatus' with the same Hosts lists the ids there.");

    public static Problem Version(string value) => new(
        "MURDER0015",
        $"Version is '{value}', which is not a version NuGet understands.",
        "Set the project's Version to something like 1.4.0 or 1.4.0-rc.1.");

    public static Problem RateLimit(string value) => new(
        "MURDER0016",
        $"MurderRateLimit is '{value}'.",
        "Give bytes a second, as 500k, 12.5M or 1G, or bits a second, as 100Mbit, from 100k on; leave the property out for no limit.");

    public static Problem Waves(string value) => new(
        "MURDER0017",
        $"MurderWaves is '{value}'.",
        "Give how many hosts run the release after each wave, each more than the one before: 1;25%;100% (on a command line 1+25%+100%).");

    public static Problem OnFailure(string value) => new(
        "MURDER0018",
        $"MurderOnFailure is '{value}'.",
        "Leave the property out for 'rollback', by which every host goes back when too many fail, or set it to 'stop'.");

    public static Problem HealthUrl(string value) => new(
        "MURDER0019",
        $"MurderHealthUrl is '{value}'.",
        "Give an absolute URL as it is reached on the host itself, such as http://localhost:5000/health.");

    public static Problem Service(string value) => new(
        "MURDER0020",
        $"MurderService is '{value}', which cannot name a systemd unit.",
        "Use letters, digits, ':', '-', '_', '.' and '@', beginning with a letter or digit, as in 'web.service'.");

    public static Problem Shared(string refusal) => new(
        "MURDER0022",
        $"MurderShared cannot be used: {refusal}.",
        "Give paths relative to the release, without '..', such as appsettings.Local.json, or logs/ for a folder.");

    public static Problem SudoWithCommand(string transport) =>
        new("MURDER0024", $"MurderSudo does nothing where MurderTransport is '{transport}'.", "Write sudo into that command, and leave MurderSudo out.");

    public static Problem Reach(string value) => new(
        "MURDER0025",
        $"MurderReach is '{value}'.",
        "Leave the property out for 'auto', which finds out what each host reaches, or set it to 'direct' or 'tunnel'.");

    public static Problem Transport(string value) =>
        new("MURDER0023", $"MurderTransport is '{value}', which does not say for which host.", "Say 'ssh', or a command with {host} in it that gives a shell there: 'kubectl exec -i {host} -- sh'.");
}
