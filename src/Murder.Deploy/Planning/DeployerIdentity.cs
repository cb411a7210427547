namespace Murder.Deploy;

/// <summary>Who deploys, and from where, as others read it who meet this deploy's lock or its line in an audit log.</summary>
internal static class DeployerIdentity
{
    public static string Describe() => Describe(Environment.UserName, Environment.MachineName, Environment.GetEnvironmentVariable);

    /// <summary><c>user@machine</c>; in CI, where these say little, the address of the job after it.</summary>
    internal static string Describe(string user, string machine, Func<string, string?> environment) =>
        JobAddress(environment) is { } job ? $"{user}@{machine} ({job})" : $"{user}@{machine}";

    private static string? JobAddress(Func<string, string?> environment)
    {
        string? Value(string name) => environment(name) is { Length: > 0 } value ? value : null;
        return Value("CI_JOB_URL")
            ?? (Value("GITHUB_SERVER_URL") is { } server && Value("GITHUB_REPOSITORY") is { } repository && Value("GITHUB_RUN_ID") is { } run ? $"{server}/{repository}/actions/runs/{run}" : null)
            ?? (Value("SYSTEM_COLLECTIONURI") is { } collection && Value("SYSTEM_TEAMPROJECT") is { } project && Value("BUILD_BUILDID") is { } build
                ? $"{collection}{Uri.EscapeDataString(project)}/_build/results?buildId={build}"
                : null);
    }
}
