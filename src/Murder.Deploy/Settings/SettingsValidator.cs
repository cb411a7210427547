using Murder.PeerHost.Contract;
using NuGet.Versioning;

namespace Murder.Deploy;

/// <summary>Turns what the user wrote into <see cref="DeploymentOptions"/>, and collects every problem on the way.</summary>
internal static class SettingsValidator
{
    private const int ApplicationLengthMax = 64;
    private const int UnitNameLengthMax = 255;

    private static readonly TimeSpan s_healthTimeoutMax = TimeSpan.FromHours(1);

    public static DeploymentOptions Validate(DeploymentSettings settings, RolloutGoal goal, List<Problem> problems)
    {
        if (!IsApplicationName(settings.Application))
        {
            problems.Add(SettingsProblems.ApplicationName(settings.Application));
        }

        if (!NuGetVersion.TryParse(settings.Version, out NuGetVersion? version))
        {
            problems.Add(SettingsProblems.Version(settings.Version));
        }

        if (settings.SwarmSecurity is not ("" or "tls" or "none"))
        {
            problems.Add(SettingsProblems.SwarmSecurity(settings.SwarmSecurity));
        }

        if (settings.Reach is not ("" or "auto" or "direct" or "tunnel"))
        {
            problems.Add(SettingsProblems.Reach(settings.Reach));
        }

        RateLimit limit = default;
        bool isLimited = IsRateLimited(settings);
        if (isLimited && !RateLimit.TryParse(settings.RateLimit, out limit))
        {
            problems.Add(SettingsProblems.RateLimit(settings.RateLimit));
        }

        if (settings.Release.Length > 0 && !ReleaseId.TryParse(settings.Release, out _))
        {
            problems.Add(SettingsProblems.ReleaseId(settings.Release));
        }
        else if (settings.Release.Length == 0 && goal == RolloutGoal.Active)
        {
            problems.Add(SettingsProblems.ReleaseMissing());
        }

        if (!HostShare.TryParse(Or(settings.MaxFailedHosts, "0"), out HostShare maxFailed))
        {
            problems.Add(SettingsProblems.NotInRange("MurderMaxFailedHosts", settings.MaxFailedHosts, "a number of hosts, or a percentage such as 10%"));
        }

        if (Flag("MurderSudo", settings.Sudo, problems) && !CommandTemplate.IsSsh(settings.Transport))
        {
            problems.Add(SettingsProblems.SudoWithCommand(settings.Transport));
        }

        IReadOnlyList<HostShare> waves = [HostShare.All];
        if (settings.Waves.Length > 0 && !WaveSizes.TryParse(settings.Waves, out waves))
        {
            problems.Add(SettingsProblems.Waves(settings.Waves));
        }

        if (settings.OnFailure is not ("" or "rollback" or "stop"))
        {
            problems.Add(SettingsProblems.OnFailure(settings.OnFailure));
        }

        return new DeploymentOptions
        {
            Application = settings.Application,
            Version = version ?? new NuGetVersion(0, 0, 0),
            MaxFailedHosts = maxFailed,
            Waves = waves,
            OnFailure = settings.OnFailure == "stop" ? FailurePolicy.Stop : FailurePolicy.RollBack,
            Steps = Steps(settings, problems),
            Shared = Shared(settings, problems),
            BreaksLock = Flag("MurderBreakLock", settings.BreakLock, problems),
            HasDashboard = Flag("MurderDashboard", settings.Dashboard, problems),
            Verifies = Flag("MurderVerify", settings.Verify, problems),
            KeepReleases = Number("MurderKeepReleases", settings.KeepReleases, 5, 0, 10_000, problems),
            ConnectionsMax = Number("MurderConnectionsMax", settings.ConnectionsMax, 64, 1, 10_000, problems),
            Port = PortOf(settings, problems),
            SwarmSecurity = settings.SwarmSecurity == "none" ? SwarmSecurity.None : SwarmSecurity.Tls,
            Reach = settings.Reach switch { "direct" => SwarmReach.Direct, "tunnel" => SwarmReach.Tunnel, _ => SwarmReach.Auto },
            RateLimit = isLimited ? limit : null,
        };
    }

    private static ActivationSteps Steps(DeploymentSettings settings, List<Problem> problems)
    {
        if (settings.HealthUrl.Length > 0 && !(Uri.TryCreate(settings.HealthUrl, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https"))
        {
            problems.Add(SettingsProblems.HealthUrl(settings.HealthUrl));
        }

        if (settings.Service.Length > 0 && !IsUnitName(settings.Service))
        {
            problems.Add(SettingsProblems.Service(settings.Service));
        }

        if (!Duration.TryParse(Or(settings.HealthTimeout, "30s"), out TimeSpan timeout) || timeout <= TimeSpan.Zero || timeout > s_healthTimeoutMax)
        {
            problems.Add(SettingsProblems.NotInRange("MurderHealthTimeout", settings.HealthTimeout, "seconds, or a time such as 90s, 2m or 00:02:00, up to one hour"));
        }

        return new ActivationSteps
        {
            BeforeActivate = settings.BeforeActivate,
            AfterActivate = settings.AfterActivate,
            Service = settings.Service,
            HealthUrl = settings.HealthUrl,
            HealthTimeoutSeconds = timeout.TotalSeconds,
        };
    }

    private static SharedPaths Shared(DeploymentSettings settings, List<Problem> problems)
    {
        List<string> refusals = [];
        SharedPaths paths = SharedPaths.Parse(settings.Shared.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), refusals);
        problems.AddRange(refusals.Select(SettingsProblems.Shared));
        return paths;
    }

    /// <summary>What systemd.unit(5) allows, and nothing that a command line could take for an option.</summary>
    private static bool IsUnitName(string name) =>
        name.Length <= UnitNameLengthMax && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '-' or '_' or '.' or '\\' or '@');

    private static bool Flag(string property, string text, List<Problem> problems)
    {
        if (bool.TryParse(text, out bool flag) || text.Length == 0)
        {
            return flag;
        }

        problems.Add(SettingsProblems.NotInRange(property, text, "true or false"));
        return false;
    }

    public static bool IsRateLimited(DeploymentSettings settings) => settings.RateLimit is not ("" or "none");

    /// <summary>First swarm port of hosts; the default when what was given is wrong, which <see cref="Validate"/> tells.</summary>
    public static int PortOf(DeploymentSettings settings) => PortOf(settings, []);

    private static int PortOf(DeploymentSettings settings, List<Problem> problems) => Number("MurderPort", settings.Port, 6881, 0, 65_527, problems);

    private static int Number(string property, string text, int byDefault, int min, int max, List<Problem> problems)
    {
        if (text.Length == 0)
        {
            return byDefault;
        }

        if (int.TryParse(text, System.Globalization.NumberStyles.None, null, out int number) && number >= min && number <= max)
        {
            return number;
        }

        problems.Add(SettingsProblems.NotInRange(property, text, $"a number from {min} to {max}"));
        return byDefault;
    }

    private static bool IsApplicationName(string name) =>
        name.Length is > 0 and <= ApplicationLengthMax
        && char.IsAsciiLetterOrDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    private static string Or(string text, string byDefault) => text.Length > 0 ? text : byDefault;
}
