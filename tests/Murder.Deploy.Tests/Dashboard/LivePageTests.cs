using System.Text.Json.Nodes;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>The live page in a real browser: what a person looks for while a deploy is under way, and what is left to be read when it has ended.</summary>
public sealed class LivePageTests
{
    private const int NarrowPixels = 390; // a telephone held upright

    [Fact]
    public async Task ADeployIsWatchedFromTheFirstBytesToItsEnd()
    {
        using DeployFixture deploy = new(largeFileBytes: 5_000_000);
        deploy.Settings = deploy.Settings with
        {
            Hosts = "local:6",
            Dashboard = "true",
            RateLimit = "1M", // some seconds of fetching, so that there is something to watch
            Waves = "1;3;100%",
            MaxFailedHosts = "1",
            AfterActivate = "case $MURDER_ROOT in *host03) echo 'appsettings.json: ConnectionStrings:Orders is missing'; exit 3;; esac; until test -e \"$MURDER_ROOT/go\"; do sleep 0.05; done",
        };
        Task<DeploymentReport> running = Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);
        await Eventually.TrueAsync(() => running.IsCompleted || LivePage.UrlOf(deploy) is not null);
        await using ChromiumPage page = await ChromiumPage.OpenAsync(LivePage.UrlOf(deploy)!);

        // Every host's progress moves.
        await page.UntilAsync(Percent("> 0"));
        int before = (int)(await page.EvaluateAsync(Percent("")))!;
        await page.UntilAsync(Percent($"> {before}"));
        Assert.Equal("Running", await page.TextAsync("outcome"));
        Assert.Equal(0, await page.PhotographAsync("live-fetching"));
        Assert.Equal(0, await page.PhotographAsync("live-fetching-narrow", widthPixels: NarrowPixels));

        // The first wave is at its gates, and no other has begun.
        await page.UntilAsync("document.getElementById('waves')?.innerText.includes('at its gates') ?? false");
        Assert.Equal(["at its gates", "", ""], await ColumnAsync(page, "took"));
        Assert.Equal(["to come", "to come"], (await ColumnAsync(page, "began"))[1..]);
        Assert.Equal(0, await page.PhotographAsync("live-first-wave"));
        Assert.Equal(0, await page.PhotographAsync("live-first-wave-dark", isDark: true));

        // A host fails in the second, and says why and what to do.
        await GoAsync(deploy, 1);
        await page.UntilAsync("document.getElementById('failures') !== null");
        string failure = await page.TextAsync("failures");
        Assert.Contains("local03", failure, StringComparison.Ordinal);
        Assert.Contains("MURDER0504", failure, StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings:Orders is missing", failure, StringComparison.Ordinal);
        Assert.Equal("Running", await page.TextAsync("outcome"));
        Assert.Equal(0, await page.PhotographAsync("live-failed-host"));
        Assert.Equal(0, await page.PhotographAsync("live-failed-host-dark-narrow", isDark: true, widthPixels: NarrowPixels));

        // The end stands there when the deploy is long gone.
        await GoAsync(deploy, 2, 4, 5, 6);
        DeploymentReport report = await running;
        await page.UntilAsync("document.getElementById('outcome').innerText === 'Active'");
        Assert.True(report.Succeeded);
        Assert.Equal("", await page.TextAsync("note"));
        Assert.Equal($"Active: web {report.Release}", (string)(await page.EvaluateAsync("document.title"))!);
        Assert.Equal(["1", "1", "3"], await ColumnAsync(page, "passed"));
        Assert.Contains(report.Hosts.Single(host => host.Code is not null).Remedy!, await page.TextAsync("failures"), StringComparison.Ordinal);
        Assert.Equal(0, await page.PhotographAsync("live-end"));
        Assert.Equal(0, await page.PhotographAsync("live-end-dark-narrow", isDark: true, widthPixels: NarrowPixels));
    }

    [Fact]
    public async Task APageWhoseDeployerIsGoneWithoutAWordSaysSo()
    {
        using DeployFixture deploy = new();
        DeploymentPlan plan = TestPlan.For(new TargetHost("web1") { Address = "127.0.0.1", Root = "/srv/web" }) with { HasDashboard = true };
        DeploymentReport first = ReportBuilder.Build(new RunFacts { Plan = plan, Rollout = new Rollout(plan), RequestedHosts = "prod" });
        Dashboard dashboard = Dashboard.TryStart(plan, first, deploy, TimeProvider.System)!;
        await using ChromiumPage page = await ChromiumPage.OpenAsync(LivePage.UrlOf(deploy)!);

        await dashboard.DisposeAsync();
        await page.UntilAsync("!document.getElementById('note').hidden");

        Assert.Equal("The connection was lost; trying again.", await page.TextAsync("note"));
        Assert.Equal(0, await page.PhotographAsync("live-lost"));
    }

    /// <summary>How far the first host that fetches is, as the page has it.</summary>
    private static string Percent(string comparison) =>
        $"parseInt((document.getElementById('timeline').innerText.match(/fetching, (\\d+) %/) ?? [])[1] ?? '0') {comparison}";

    private static async Task<string[]> ColumnAsync(ChromiumPage page, string header)
    {
        JsonNode? cells = await page.EvaluateAsync(
            $"(() => {{ const [head, ...rows] = document.getElementById('waves').rows, at = [...head.cells].findIndex(cell => cell.innerText === '{header}'); return rows.map(row => row.cells[at].innerText); }})()");
        return [.. cells!.AsArray().Select(cell => (string)cell!)];
    }

    /// <summary>Lets hosts through their gate.</summary>
    private static async Task GoAsync(DeployFixture deploy, params int[] numbers)
    {
        foreach (int number in numbers)
        {
            await File.WriteAllTextAsync(Path.Combine(deploy.LocalRoot(number), "go"), "");
        }
    }
}
