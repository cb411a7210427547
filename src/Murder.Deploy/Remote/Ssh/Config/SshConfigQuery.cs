using System.Diagnostics;
using System.Globalization;

namespace Murder.Deploy;

/// <summary>Asks the system's <c>ssh</c> what its configuration says of a host (<c>ssh -G</c>). It connects to nothing; commands of a <c>Match exec</c> are run.</summary>
/// <param name="program">path of <c>ssh</c></param>
/// <param name="configFile">in place of ssh's own files; null for those</param>
internal sealed class SshConfigQuery(string program, string? configFile, string homeDirectory)
{
    private static readonly TimeSpan s_answerMax = TimeSpan.FromSeconds(10);
    private static readonly string s_known = $"{Path.DirectorySeparatorChar}{Path.Combine(".ssh", "known_hosts")}";

    /// <summary>What it says without any configuration.</summary>
    private readonly Lazy<ILookup<string, string>> _defaults = new(() => AskWithoutConfiguration(program));

    /// <summary>Where <c>ssh</c> looks for its user's files; null when it does not tell.</summary>
    /// <exception cref="IOException">ssh does not answer</exception>
    public string? Home => HomeOf(_defaults.Value);

    /// <exception cref="IOException">ssh refuses its configuration, or does not answer</exception>
    public SshConfig Ask(TargetHost host) => Read(AskForValues(host));

    /// <summary>
    /// Of hosts for which the files say the same. <c>ssh</c> costs 6 ms a host, so it is asked for the first, and what the others are called, and their
    /// ports and users, is as the files have it; unless <c>ssh</c> reads these of the first host otherwise than we do: then each host is asked for.
    /// </summary>
    /// <param name="hosts">not empty</param>
    /// <param name="readings">of each host</param>
    /// <exception cref="IOException">as above</exception>
    public IReadOnlyList<SshConfig> Ask(IReadOnlyList<TargetHost> hosts, IReadOnlyList<SshConfigReading> readings)
    {
        ILookup<string, string> said = AskForValues(hosts[0]);
        SshConfig first = Read(said);
        return hosts.Count > 1 && !IsAsRead(said, readings[0]) ? [first, .. hosts.Skip(1).Select(Ask)]
            : HasTokens(said) ? [first, .. readings.Skip(1).Select(reading => Read(With(said, reading)))]
            : [first, .. readings.Skip(1).Select(reading => first with { HostName = reading.HostName, Port = SshConfigOutput.PortOf(reading.Port), User = reading.User })];
    }

    /// <inheritdoc cref="Home"/>
    public static string? HomeOf(string program) => HomeOf(AskWithoutConfiguration(program));

    private static string? HomeOf(ILookup<string, string> unconfigured)
    {
        SshConfig config = SshConfigOutput.From(unconfigured, unconfigured, InventoryReader.HomeDirectory, Environment.GetEnvironmentVariable);
        return config.KnownHostsFiles is [var file, ..] && file.EndsWith(s_known, StringComparison.Ordinal) ? file[..^s_known.Length] : null;
    }

    private static ILookup<string, string> AskWithoutConfiguration(string program) => AskForValues(program, ["-G", "-F", "none", "--", "localhost"]);

    private static bool IsAsRead(ILookup<string, string> said, SshConfigReading reading) =>
        said["hostname"].SequenceEqual([reading.HostName]) && said["port"].SequenceEqual([reading.Port]) && said["user"].SequenceEqual([reading.User]);

    /// <summary>What has a token in it is each host's own. Other values with tokens <see cref="SshConfigFiles"/> leaves to <c>ssh</c>, host by host.</summary>
    private static bool HasTokens(ILookup<string, string> said) => said["identityfile"].Concat(said["certificatefile"]).Any(path => path.Contains('%', StringComparison.Ordinal));

    private static ILookup<string, string> With(ILookup<string, string> said, SshConfigReading reading)
    {
        (string Keyword, string Value)[] own = [("hostname", reading.HostName), ("port", reading.Port), ("user", reading.User)];
        return said.SelectMany(values => values.Select(value => (Keyword: values.Key, Value: value)))
            .Where(value => !own.Any(each => each.Keyword == value.Keyword))
            .Concat(own)
            .ToLookup(value => value.Keyword, value => value.Value, StringComparer.OrdinalIgnoreCase);
    }

    private ILookup<string, string> AskForValues(TargetHost host) => AskForValues(program, ["-G", .. OptionsOf(host, configFile), "--", host.Address]);

    private static ILookup<string, string> AskForValues(string program, IReadOnlyList<string> arguments)
    {
        ProcessAnswer answer = ProcessAnswer.Of(new ProcessStartInfo(program, arguments), s_answerMax);
        return answer.ExitCode == 0 ? SshConfigOutput.Values(answer.Output) : throw new IOException(answer.Errors);
    }

    /// <summary>
    /// ssh goes by the home that the system has for the user, whatever HOME says, and everything else by HOME: a CI job in a container has two. Where they
    /// differ, the files of both count.
    /// </summary>
    private SshConfig Read(ILookup<string, string> said)
    {
        SshConfig byHome = SshConfigOutput.From(said, _defaults.Value, homeDirectory, Environment.GetEnvironmentVariable);
        if (byHome.KnownHostsFiles.FirstOrDefault(file => file.EndsWith(s_known, StringComparison.Ordinal)) is not { } own || own == homeDirectory + s_known)
        {
            return byHome;
        }

        SshConfig byUser = SshConfigOutput.From(said, _defaults.Value, own[..^s_known.Length], Environment.GetEnvironmentVariable);
        return byUser with
        {
            IdentityFiles = [.. byUser.IdentityFiles.Union(byHome.IdentityFiles)],
            CertificateFiles = [.. byUser.CertificateFiles.Union(byHome.CertificateFiles)],
            KnownHostsFiles = [.. byUser.KnownHostsFiles, homeDirectory + s_known],
        };
    }

    /// <summary>What the user said of the host himself, as options of ssh: it goes before what the configuration says.</summary>
    public static IEnumerable<string> OptionsOf(TargetHost host, string? configFile)
    {
        if (configFile is not null)
        {
            yield return "-F";
            yield return configFile;
        }

        if (host.Port is { } port)
        {
            yield return "-p";
            yield return port.ToString(CultureInfo.InvariantCulture);
        }

        if (!string.IsNullOrEmpty(host.User))
        {
            yield return "-l";
            yield return host.User;
        }
    }
}
