using System.Xml.Linq;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>The page in a real browser: what a person looks for is there, and what a host said is only text.</summary>
public sealed class ReportPageTests
{
    private const string WordsOutsideTheirCard = """
        [...document.querySelectorAll('.card span')].filter(word => {
          const box = word.getBoundingClientRect(), card = word.closest('.card').getBoundingClientRect();
          return box.left < card.left || box.right > card.right || box.top < card.top || box.bottom > card.bottom;
        }).map(word => word.innerText).join(', ')
        """;

    private const string WordsOnEachOther = """
        [...document.querySelectorAll('.plot .time')].filter((word, index, words) =>
          index > 0 && words[index - 1].getBoundingClientRect().right >= word.getBoundingClientRect().left).map(word => word.innerText).join(', ')
        """;

    [Fact]
    public async Task AGoodDeployIsSeenAtAGlance()
    {
        using DeployFixture deploy = new();
        deploy.Settings = deploy.Settings with { Waves = "1;100%", RateLimit = "8M", Hosts = "local:4" };
        DeploymentReport report = await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);

        await using ChromiumPage page = await ChromiumPage.OpenAsync($"file://{deploy.Directory.Combine("report", "report.html")}");
        string seen = await page.HtmlAsync();

        Assert.Contains($"<title>Active: web {report.Release}</title>", seen, StringComparison.Ordinal);
        Assert.Contains("<b>4 of 4</b>", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"failures\"", seen, StringComparison.Ordinal);
        Assert.Contains("after the first byte", seen, StringComparison.Ordinal); // the bound
        Assert.Contains("from the seeder", seen, StringComparison.Ordinal);
        Assert.All(report.Hosts, host => Assert.Contains(host.Name, seen, StringComparison.Ordinal));
        Assert.Equal(0, await page.PhotographAsync("report-good"));
        Assert.Equal(0, await page.PhotographAsync("report-good-dark", isDark: true));
        Assert.Equal(0, await page.PhotographAsync("report-good-narrow", widthPixels: 390));
    }

    [Fact]
    public async Task ABadDeployNamesEachHostTheCauseAndTheRemedyAndNothingThatAHostSaidIsMarkup()
    {
        using DeployFixture deploy = new();
        Assert.True((await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None)).Succeeded);
        deploy.Directory.Write("publish/second.txt", "second"u8);
        deploy.Settings = deploy.Settings with { Waves = "1;100%", AfterActivate = "echo '</script><img src=x onerror=alert(1)><b>bold</b>'; exit 3" };
        await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);

        await using ChromiumPage page = await ChromiumPage.OpenAsync($"file://{deploy.Directory.Combine("report", "report.html")}");
        string seen = await page.HtmlAsync();

        Assert.Contains("<span class=\"outcome back\" id=\"outcome\">Rolled back</span>", seen, StringComparison.Ordinal);
        Assert.Contains("<b>local01</b><code>MURDER0504</code>", seen, StringComparison.Ordinal);
        Assert.Contains("<b>MURDER0606</b>", seen, StringComparison.Ordinal);
        Assert.Contains("&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&lt;b&gt;bold&lt;/b&gt;", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", seen, StringComparison.Ordinal);
        Assert.Contains("not begun", seen, StringComparison.Ordinal); // the second wave
        Assert.Equal(0, await page.PhotographAsync("report-rolled-back"));
        Assert.Equal(0, await page.PhotographAsync("report-rolled-back-narrow", isDark: true, widthPixels: 390));
    }

    [Fact]
    public async Task TenThousandHostsAreAPageThatOpens()
    {
        using TestDirectory directory = new();
        HostReport[] hosts =
        [
            .. Enumerable.Range(1, 10_000).Select(number => new HostReport($"web{number:00000}.example.com")
            {
                Address = "10.0.0.1:22",
                Zone = $"z{number % 10}",
                State = number % 500 == 0 ? HostState.Failed : HostState.Active,
                Code = number % 500 == 0 ? "MURDER0301" : null,
                Detail = number % 500 == 0 ? "no route to host" : null,
                ReadySeconds = number % 500 == 0 ? null : 1 + (number % 7 * 0.1),
                StagedSeconds = number % 500 == 0 ? null : 9 + (number * 0.0001),
                Wave = number == 1 ? 1 : number <= 2500 ? 2 : 3,
                SwitchedSeconds = number % 500 == 0 ? null : 10 + (number * 0.0002),
                ActiveSeconds = number % 500 == 0 ? null : 12 + (number * 0.0003),
                DownloadedBytes = 100_000_000,
                DownloadedBytesAcrossZones = 15_000_000,
            }),
        ];
        DeploymentReport report = Report(hosts) with { Waves = [Wave(1, 1), Wave(2, 2499), Wave(3, 7500)] };
        string path = directory.Write("report.html", System.Text.Encoding.UTF8.GetBytes(ReportPage.Render(report)));

        await using ChromiumPage page = await ChromiumPage.OpenAsync($"file://{path}");
        string seen = await page.HtmlAsync();

        Assert.True(new FileInfo(path).Length < 10_000_000);
        Assert.Contains("Show the other 9800 hosts", seen, StringComparison.Ordinal);
        Assert.Contains("20 hosts failed", seen, StringComparison.Ordinal);
        Assert.Equal(0, await page.PhotographAsync("report-ten-thousand"));
    }

    [Fact]
    public async Task HostsThatFailForOneCauseShareACard()
    {
        HostReport[] hosts =
        [
            .. Enumerable.Range(1, 20).Select(number => Unreachable($"web{number:00}", $"10.0.0.{number}", "no route to host")),
            Unreachable("web21", "10.0.0.21", "connection refused"),
            Done("web22", stagedSeconds: 9, activeSeconds: 12),
        ];

        await using ChromiumPage page = await OpenAsync(Report(hosts) with { Outcome = DeploymentOutcome.Failed });
        string[] cards = (await page.TextAsync("failures")).Split("MURDER0301");

        Assert.Contains("21 hosts failed for 2 causes", await page.HtmlAsync(), StringComparison.Ordinal);
        Assert.Equal(3, cards.Length);
        Assert.StartsWith("20 hosts", cards[0], StringComparison.Ordinal);
        Assert.Contains(string.Join(", ", hosts.Take(20).Select(host => host.Name)), cards[1], StringComparison.Ordinal);
        Assert.Contains("web01 (10.0.0.1:22) cannot be reached: no route to host", cards[1], StringComparison.Ordinal);
        Assert.Contains("(ssh -v -p 22 10.0.0.1)", cards[1], StringComparison.Ordinal);
        Assert.Contains("In the words of web01", cards[1], StringComparison.Ordinal);
        Assert.EndsWith("web21", cards[1].TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("connection refused", cards[2], StringComparison.Ordinal);
        Assert.DoesNotContain("In the words of", cards[2], StringComparison.Ordinal);
        Assert.Equal(0, await page.PhotographAsync("report-one-cause"));
    }

    [Theory]
    [InlineData("one-host", 1, 12.0)]
    [InlineData("three-hosts", 3, 12.0)]
    [InlineData("many-hosts", 64, 6000.0)]
    [InlineData("at-once", 3, 0.08)]
    [InlineData("of-hours", 10_000, 20_000.0)]
    public async Task TheCurveFitsEveryShapeOfRun(string name, int hosts, double seconds)
    {
        DeploymentReport report = Report([.. Enumerable.Range(1, hosts).Select(number => Done($"web{number:00}", seconds * (0.5 + (0.2 * number / hosts)), seconds * (0.8 + (0.19 * number / hosts))))]);
        report = report with { TotalSeconds = seconds, StagingSeconds = seconds * 0.65, SeederFirstByteSeconds = seconds * 0.05, Bound = new SwarmBound(100_000_000, hosts, 763, 100_000_000 / seconds * 1.7, RateSource.Measured) };

        await using ChromiumPage page = await OpenAsync(report);

        foreach (int width in (int[])[1160, 390])
        {
            Assert.Equal(0, await page.PhotographAsync($"report-{name}-{width}", widthPixels: width));
            Assert.Equal("", (string)(await page.EvaluateAsync(WordsOutsideTheirCard))!);
            Assert.Equal("", (string)(await page.EvaluateAsync(WordsOnEachOther))!);
        }
    }

    [Fact]
    public async Task ARunThatFailsAtOnceHasNoCurveButItsCause()
    {
        await using ChromiumPage page = await OpenAsync(Report([Unreachable("web01", "10.0.0.1", "no route to host")]) with
        {
            Outcome = DeploymentOutcome.Failed,
            TotalSeconds = 0.3,
            StagingSeconds = null,
            SeederUploadedBytes = 0,
            SeederFirstByteSeconds = null,
            Problems = [new ReportedProblem("MURDER0601", "1 of 1 hosts failed, and MurderMaxFailedHosts allows 0: the release was activated nowhere.", "Mend it.")],
        });

        Assert.Equal("", await page.TextAsync("curve"));
        Assert.Contains("no route to host", await page.TextAsync("failures"), StringComparison.Ordinal);
        Assert.Equal(0, await page.PhotographAsync("report-failed-at-once"));
    }

    [Fact]
    public void ASummaryIsBoundedAndItsCellsStayCells()
    {
        HostReport[] hosts = [.. Enumerable.Range(1, 60).Select(number => new HostReport($"web{number}") { Address = "", State = HostState.Failed, Code = "MURDER0504", Detail = "said | <b>no</b>\n# not a title `x`" + new string('x', 1000), Remedy = "Mend it." })];

        string summary = JobSummary.Render(Report(hosts) with { Outcome = DeploymentOutcome.RolledBack, RolledBack = true, Waves = [Wave(1, 60)] });

        Assert.StartsWith("### ❌ web 1.0.0-x\n\nRolled back. Active on 0 of 60 hosts after 20.0 s; 100 MB in 212 files, the seeder sent 1.10 copies.\n", summary, StringComparison.Ordinal);
        Assert.Contains("| web1 | MURDER0504 | said \\| &lt;b\\>no&lt;/b\\> \\# not a title \\`x\\`xxx", summary, StringComparison.Ordinal);
        Assert.Equal(50, summary.Split('\n').Count(line => line.Contains("MURDER0504", StringComparison.Ordinal)));
        Assert.Contains("and 10 more hosts", summary, StringComparison.Ordinal);
    }

    /// <summary>Nothing was distributed; and whether it came to a wave or not, hosts were to be active.</summary>
    [Theory]
    [InlineData(DeploymentVerb.Activate)]
    [InlineData(DeploymentVerb.Rollback)]
    public void ASummaryOfAnActivationTellsNothingOfADistribution(DeploymentVerb verb)
    {
        HostReport[] hosts = [new HostReport("web1") { Address = "", State = HostState.Active }, new HostReport("web2") { Address = "", State = HostState.Failed }];
        DeploymentReport report = Report(hosts) with { Verb = verb, FileCount = 0, TotalBytes = 0, SeederUploadedBytes = 0, Waves = [Wave(1, 1), Wave(2, 1)] };
        HostReport[] ready = [.. hosts.Select(host => host with { State = HostState.Ready })];

        Assert.StartsWith("### ✅ web 1.0.0-x\n\nActive on 1 of 2 hosts after 20.0 s, 2 waves.\n", JobSummary.Render(report), StringComparison.Ordinal);
        Assert.StartsWith("### ✅ web 1.0.0-x\n\nActive on 0 of 2 hosts after 20.0 s.\n", JobSummary.Render(report with { Hosts = ready, Waves = [] }), StringComparison.Ordinal);
    }

    /// <summary>How far it got: nothing is activated before every host is staged.</summary>
    [Fact]
    public void ASummaryOfADeployThatEndsBeforeItsWavesCountsTheStaged()
    {
        DeploymentReport report = Report([new HostReport("web1") { Address = "", State = HostState.Staged }, new HostReport("web2") { Address = "", State = HostState.Failed }]);

        Assert.Contains("\n\nStaged on 1 of 2 hosts after 20.0 s; 100 MB in 212 files, the seeder sent 1.10 copies.\n", JobSummary.Render(report), StringComparison.Ordinal);
    }

    [Fact]
    public void CiServicesGetTheirSummary()
    {
        using TestDirectory directory = new();
        string summary = directory.Write("summary", "before\n"u8);
        Dictionary<string, string> github = new() { ["GITHUB_STEP_SUMMARY"] = summary };

        Assert.Null(ReportFile.Summarize(Report([]), directory.Path, name => github.GetValueOrDefault(name)));
        Assert.Null(ReportFile.Summarize(Report([]), directory.Path, name => name == "GITLAB_CI" ? "true" : null));
        string? azure = ReportFile.Summarize(Report([]), directory.Path, name => name == "TF_BUILD" ? "True" : null);

        Assert.StartsWith("before\n### ✅ web 1.0.0-x", File.ReadAllText(summary), StringComparison.Ordinal);
        Assert.StartsWith("### ✅ web 1.0.0-x", File.ReadAllText(azure!), StringComparison.Ordinal);
        Assert.StartsWith("<testsuites>", File.ReadAllText(directory.Combine("hosts.xml")), StringComparison.Ordinal);
        ReportFile.Remove(directory.Path);
        Assert.Null(ReportFile.Summarize(Report([]), directory.Path, _ => null));
        Assert.Equal([summary], Directory.GetFiles(directory.Path));
    }

    [Fact]
    public void GitLabSeesEachHostAsATest()
    {
        HostReport failed = Unreachable("web2", "10.0.0.2", "<no> route & \e[31m \uD800");
        HostReport back = Done("web3", 9, 12) with { State = HostState.RolledBack };

        XElement suite = XDocument.Parse(JUnitReport.Render(Report([Done("web1", 9, 12), failed, back]) with { Problems = [new ReportedProblem("MURDER0605", "Too many.", "Mend them.")] })).Root!.Element("testsuite")!;

        Assert.Equal(("4", "2", "1"), ((string)suite.Attribute("tests")!, (string)suite.Attribute("failures")!, (string)suite.Attribute("skipped")!));
        Assert.Equal(["the run as a whole", "web1", "web2", "web3"], suite.Elements().Select(test => (string)test.Attribute("name")!));
        Assert.All(suite.Elements(), test => Assert.Equal("web 1.0.0-x", (string)test.Attribute("classname")!));
        Assert.Equal(["20", "12", "0.2", "12"], suite.Elements().Select(test => (string)test.Attribute("time")!));
        Assert.Equal(
            ["MURDER0605: Too many.\n\nMend them.", "", $"MURDER0301: web2 (10.0.0.2:22) cannot be reached: <no> route & \uFFFD[31m \uFFFD\n\n{failed.Remedy}", "It went back to what it ran."],
            suite.Elements().Select(test => test.Value));
    }

    private static async Task<ChromiumPage> OpenAsync(DeploymentReport report)
    {
        using TestDirectory directory = new();
        return await ChromiumPage.OpenAsync($"file://{directory.Write("report.html", System.Text.Encoding.UTF8.GetBytes(ReportPage.Render(report)))}");
    }

    private static HostReport Done(string name, double stagedSeconds, double activeSeconds) =>
        new(name) { Address = "10.0.0.1:22", State = HostState.Active, LaunchedSeconds = 0, ReadySeconds = stagedSeconds / 10, StagedSeconds = stagedSeconds, ActivationSeconds = activeSeconds * 0.95, ActiveSeconds = activeSeconds, DownloadedBytes = 100_000_000 };

    private static HostReport Unreachable(string name, string address, string reason) => new(name)
    {
        Address = $"{address}:22",
        State = HostState.Failed,
        Code = "MURDER0301",
        Detail = $"{name} ({address}:22) cannot be reached: {reason}",
        Remedy = $"Check that the host is up and that its port 22 is open for this machine (ssh -v -p 22 {address}).",
        LaunchedSeconds = 0,
        FailedSeconds = 0.2,
    };

    private static WaveReport Wave(int number, int hosts) => new(number, hosts, hosts, 0, 10, 12);

    private static DeploymentReport Report(IReadOnlyList<HostReport> hosts) => new()
    {
        Verb = DeploymentVerb.Deploy,
        Outcome = DeploymentOutcome.Succeeded,
        RequestedHosts = "prod",
        Gates = new GateReport(false, "web", true, "http://localhost:5000/health", 30),
        Application = "web",
        Release = "1.0.0-x",
        InfoHash = new string('a', 64),
        FileCount = 212,
        TotalBytes = 100_000_000,
        PieceLength = 131_072,
        PieceCount = 763,
        DeployedBy = "ann@laptop",
        StartedAt = DateTimeOffset.UnixEpoch,
        TotalSeconds = 20,
        StagingSeconds = 9,
        SeederUploadedBytes = 110_000_000,
        SeederFirstByteSeconds = 1,
        Seed = 1,
        Hosts = hosts,
    };
}
