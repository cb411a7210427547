using Murder.PeerHost.Contract;
using NuGet.Versioning;

namespace Murder.Deploy;

/// <summary>Turns what the user wrote into <see cref="DeploymentOptions"/>, and collects every problem on the way.</summary>
internal static class SettingsValidator
{
    private const int ApplicationLengthMax = 64;

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

        RateLimit limit = default;
        bool isLimited = settings.RateLimit is not ("" or "none");
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

        if (!FailureBudget.TryParse(Or(settings.MaxFailedHosts, "0"), out FailureBudget budget))
        {
            problems.Add(SettingsProblems.NotInRange("MurderMaxFailedHosts", settings.MaxFailedHosts, "a number of hosts, or a percentage such as 10%"));
        }

        return new DeploymentOptions
        {
            Application = settings.Application,
            Version = version ?? new NuGetVersion(0, 0, 0),
            MaxFailedHosts = budget,
            ConnectionsMax = Number("MurderConnectionsMax", settings.ConnectionsMax, 64, 1, 10_000, problems),
            Port = Number("MurderPort", settings.Port, 6881, 0, 65_527, problems),
            SwarmSecurity = settings.SwarmSecurity == "none" ? SwarmSecurity.None : SwarmSecurity.Tls,
            RateLimit = isLimited ? limit : null,
        };
    }

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
