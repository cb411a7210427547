using System.Globalization;
using System.Text;

namespace Murder.Deploy;

/// <summary>The report in a few lines of Markdown, for the page that a CI service shows of a job.</summary>
internal static class JobSummary
{
    /// <summary>A page of a few screens: GitHub cuts a summary at 1 MiB, and nobody reads that far.</summary>
    private const int HostsMax = 50;

    private const int DetailCharsMax = 300;

    public static string Render(DeploymentReport report)
    {
        bool distributes = report.Verb is DeploymentVerb.Deploy or DeploymentVerb.Stage;
        bool activates = !distributes || report.WaveCount > 0;
        int reached = report.Hosts.Count(host => host.State == (activates ? HostState.Active : HostState.Staged));
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"### {(report.Succeeded ? "✅" : "❌")} {Escaped(report.Application)} {Escaped(report.Release)}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{(report.RolledBack ? "Rolled back. " : "")}{(activates ? "Active" : "Staged")} on {reached} of {report.Hosts.Count} hosts after {report.TotalSeconds:0.0} s");
        text.Append(report.WaveCount > 1 ? $", {report.WaveCount} waves" : "");
        text.Append(distributes ? string.Create(CultureInfo.InvariantCulture, $"; {Sizes.Format(report.TotalBytes)} in {report.FileCount} files, the seeder sent {(double)report.SeederUploadedBytes / Math.Max(1, report.TotalBytes):0.00} copies.\n") : ".\n");
        HostReport[] failed = [.. report.Hosts.Where(host => host.Code is not null)];
        if (failed.Length > 0)
        {
            text.Append("\n| host | code | what happened | what to do |\n| --- | --- | --- | --- |\n");
            foreach (HostReport host in failed.Take(HostsMax))
            {
                text.Append(CultureInfo.InvariantCulture, $"| {Escaped(host.Name)} | {host.Code} | {Escaped(Shortened(host.Detail ?? ""))} | {Escaped(host.Remedy ?? "")} |\n");
            }

            text.Append(failed.Length > HostsMax ? $"\nand {failed.Length - HostsMax} more hosts, which report.json names.\n" : "");
        }

        return text.Append('\n').ToString();
    }

    private static string Shortened(string text) => text.Length <= DetailCharsMax ? text : text[..DetailCharsMax] + "…";

    /// <summary>As text of a cell: whatever a host said is neither markup nor the end of the row.</summary>
    private static string Escaped(string text)
    {
        StringBuilder escaped = new();
        foreach (char c in text)
        {
            escaped.Append(c switch
            {
                '\n' or '\r' => " ",
                '&' => "&amp;",
                '<' => "&lt;",
                _ when char.IsAscii(c) && char.IsPunctuation(c) && c is not ('.' or ',' or ':' or '/' or '-' or '(' or ')' or '\'' or '"' or ';' or '%' or '!' or '?') => $"\\{c}",
                '|' or '`' or '~' or '^' or '+' or '=' or '>' or '$' => $"\\{c}",
                _ => c.ToString(),
            });
        }

        return escaped.ToString();
    }
}
