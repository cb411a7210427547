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

    /// <exception cref="IOException">ssh refuses its configuration, or does not answer</exception>
    public SshConfig Ask(TargetHost host)
    {
        ProcessAnswer answer = ProcessAnswer.Of(new ProcessStartInfo(program, ["-G", .. OptionsOf(host, configFile), "--", host.Address]), s_answerMax);
        return answer.ExitCode == 0 ? Read(answer.Output) : throw new IOException(answer.Errors);
    }

    /// <summary>Where <c>ssh</c> looks for its user's files; null when it does not tell.</summary>
    /// <exception cref="IOException">ssh does not answer</exception>
    public static string? HomeOf(string program)
    {
        ProcessAnswer answer = ProcessAnswer.Of(new ProcessStartInfo(program, ["-G", "-F", "none", "--", "localhost"]), s_answerMax);
        SshConfig unconfigured = answer.ExitCode == 0 ? SshConfigOutput.Parse(answer.Output, InventoryReader.HomeDirectory, Environment.GetEnvironmentVariable) : throw new IOException(answer.Errors);
        return unconfigured.KnownHostsFiles is [var file, ..] && file.EndsWith(s_known, StringComparison.Ordinal) ? file[..^s_known.Length] : null;
    }

    /// <summary>
    /// ssh goes by the home that the system has for the user, whatever HOME says, and everything else by HOME: a CI job in a container has two. Where they
    /// differ, the files of both count.
    /// </summary>
    private SshConfig Read(string output)
    {
        SshConfig byHome = SshConfigOutput.Parse(output, homeDirectory, Environment.GetEnvironmentVariable);
        if (byHome.KnownHostsFiles.FirstOrDefault(file => file.EndsWith(s_known, StringComparison.Ordinal)) is not { } own || own == homeDirectory + s_known)
        {
            return byHome;
        }

        SshConfig byUser = SshConfigOutput.Parse(output, own[..^s_known.Length], Environment.GetEnvironmentVariable);
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
