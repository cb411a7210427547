using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Murder.Deploy;

/// <summary>
/// The report as tests in JUnit's XML, which GitLab shows of a pipeline (it has no place for a summary of a job): each host is one, that passes when the
/// host came to the goal. GitLab shows of a failure its text but not its attributes, and as suite the class.
/// </summary>
internal static class JUnitReport
{
    public static string Render(DeploymentReport report)
    {
        HostState goal = report.Verb == DeploymentVerb.Stage ? HostState.Staged : HostState.Active;
        XElement[] tests =
        [
            .. report.Problems.Select(problem => Test(report, "the run as a whole", report.TotalSeconds, Failure(problem.Code, problem.Text, problem.Remedy))),
            .. report.Hosts.Select(host => Test(report, host.Name, host.FailedSeconds ?? host.ActiveSeconds ?? host.StagedSeconds ?? report.TotalSeconds, ResultOf(host, goal))),
        ];
        return new XElement(
            "testsuites",
            new XElement(
                "testsuite",
                new XAttribute("name", Clean(report.Application)),
                new XAttribute("tests", tests.Length),
                new XAttribute("failures", tests.Count(test => test.Element("failure") is not null)),
                new XAttribute("skipped", tests.Count(test => test.Element("skipped") is not null)),
                tests)).ToString();
    }

    private static XElement Test(DeploymentReport report, string name, double seconds, XElement? result) => new(
        "testcase",
        new XAttribute("classname", Clean($"{report.Application} {report.Release}")),
        new XAttribute("name", Clean(name)),
        new XAttribute("time", seconds.ToString("0.###", CultureInfo.InvariantCulture)),
        result);

    private static XElement? ResultOf(HostReport host, HostState goal) =>
        host.Code is { } code ? Failure(code, host.Detail ?? "", host.Remedy ?? "")
        : host.State == goal ? null
        : new XElement("skipped", host.State == HostState.RolledBack ? "It went back to what it ran." : "Its turn never came.");

    private static XElement Failure(string code, string text, string remedy) => new("failure", Clean($"{code}: {text}\n\n{remedy}"));

    /// <summary>XML cannot hold every character that a host can say.</summary>
    private static string Clean(string text) =>
        string.Concat(text.EnumerateRunes().Select(rune => rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? Rune.ReplacementChar : rune));
}
