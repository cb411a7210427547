using System.Diagnostics;
using System.Globalization;

namespace Murder.Deploy;

/// <summary>Asks the system's <c>ssh</c> what its configuration says of a host (<c>ssh -G</c>). It connects to nothing; commands of a <c>Match exec</c> are run.</summary>
/// <param name="program">path of <c>ssh</c></param>
/// <param name="configFile">in place of ssh's own files; null for those</param>
internal sealed class SshConfigQuery(string program, string? configFile, string homeDirectory)
{
    private static readonly TimeSpan s_answerMax = TimeSpan.FromSeconds(10);

    /// <exception cref="IOException">ssh refuses its configuration, or does not answer</exception>
    public SshConfig Ask(TargetHost host)
    {
        ProcessAnswer answer = ProcessAnswer.Of(new ProcessStartInfo(program, ["-G", .. OptionsOf(host, configFile), "--", host.Address]), s_answerMax);
        return answer.ExitCode == 0 ? Read(answer.Output) : throw new IOException(answer.Errors);
    }

    /// <summary>
    /// ssh goes by the home that the system has for the user, whatever HOME says, and everything else by HOME: a CI job in a container has two. Where they
    /// differ, the files of both count.
    /// </summary>
    private SshConfig Read(string output)
    {
        SshConfig byHome = SshConfigOutput.Parse(output, homeDirectory, Environment.GetEnvironmentVariable);
        string known = Path.Combine(".ssh", "known_hosts");
        if (byHome.KnownHostsFiles.FirstOrDefault(file => file.EndsWith("/" + known, StringComparison.Ordinal)) is not { } own || own == Path.Combine(homeDirectory, known))
        {
            return byHome;
        }

        SshConfig byUser = SshConfigOutput.Parse(output, own[..^(known.Length + 1)], Environment.GetEnvironmentVariable);
        return byUser with
        {
            IdentityFiles = [.. byUser.IdentityFiles.Union(byHome.IdentityFiles)],
            CertificateFiles = [.. byUser.CertificateFiles.Union(byHome.CertificateFiles)],
            KnownHostsFiles = [.. byUser.KnownHostsFiles, Path.Combine(homeDirectory, known)],
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
