using System.ComponentModel;
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
        ProcessStartInfo start = new(program, ["-G", .. OptionsOf(host, configFile), "--", host.Address])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(s_answerMax))
            {
                process.Kill(entireProcessTree: true);
                throw new IOException($"{program} -G did not answer within {s_answerMax.TotalSeconds:0} s");
            }

            return process.ExitCode == 0
                ? SshConfigOutput.Parse(output.GetAwaiter().GetResult(), homeDirectory, Environment.GetEnvironmentVariable)
                : throw new IOException(errors.GetAwaiter().GetResult().ReplaceLineEndings(" ").Trim());
        }
        catch (Win32Exception e)
        {
            throw new IOException($"{program} does not start: {e.Message}", e);
        }
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
