using System.Text.Json;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>Every run that touched hosts leaves a report, and it is what docs/report.schema.json says.</summary>
public sealed class ReportSchemaTests
{
    [Fact]
    public async Task AGoodDeployAndAGoodActivationAfterIt()
    {
        using DeployFixture deploy = new();
        deploy.Settings = deploy.Settings with { Waves = "1;100%", RateLimit = "20M" };

        DeploymentReport staged = await Deployment.DeployAsync(deploy.Settings, activate: false, deploy, CancellationToken.None);
        JsonElement stage = ReadReport(deploy);
        await Deployment.ActivateAsync(deploy.Settings with { Release = staged.Release }, isRollback: false, deploy, CancellationToken.None);
        JsonElement activation = ReadReport(deploy);

        Assert.Equal(("Stage", "Succeeded"), VerbAndOutcome(stage));
        Assert.Equal("Limit", stage.GetProperty("bound").GetProperty("source").GetString());
        Assert.Equal(("Activate", "Succeeded"), VerbAndOutcome(activation));
        Assert.Equal([1, 2], activation.GetProperty("waves").EnumerateArray().Select(wave => wave.GetProperty("passedCount").GetInt32()));
        Assert.True(File.Exists(deploy.Directory.Combine("report", "report.html")));
    }

    [Fact]
    public async Task AnActivationThatFailsAndADeployThatIsTakenBack()
    {
        using DeployFixture deploy = new();
        Assert.True((await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None)).Succeeded);

        await Deployment.ActivateAsync(deploy.Settings with { Release = "1.0.0-nowhere" }, isRollback: false, deploy, CancellationToken.None);
        JsonElement missing = ReadReport(deploy);
        deploy.Directory.Write("publish/second.txt", "second"u8);
        await Deployment.DeployAsync(deploy.Settings with { AfterActivate = "echo TOKEN; test ! -e second.txt" }, activate: true, deploy, CancellationToken.None);
        JsonElement back = ReadReport(deploy);

        Assert.Equal("Activate", VerbAndOutcome(missing).Verb);
        Assert.NotEqual("Succeeded", VerbAndOutcome(missing).Outcome);
        Assert.All(missing.GetProperty("hosts").EnumerateArray(), host => Assert.Equal("MURDER0501", host.GetProperty("code").GetString()));
        Assert.Equal(("Deploy", "RolledBack"), VerbAndOutcome(back));
        Assert.Equal("MURDER0605", back.GetProperty("problems")[0].GetProperty("code").GetString());
        Assert.All(back.GetProperty("hosts").EnumerateArray(), host => Assert.True(host.GetProperty("failedSeconds").GetDouble() <= host.GetProperty("rolledBackSeconds").GetDouble()));
        Assert.DoesNotContain("TOKEN; test", back.GetProperty("gates").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADeployThatIsCancelled()
    {
        using DeployFixture deploy = new();
        using CancellationTokenSource cancel = new();
        deploy.Settings = deploy.Settings with { AfterActivate = "touch \"$MURDER_ROOT/here\"; exec sleep 1000" };
        Task<DeploymentReport> running = Deployment.DeployAsync(deploy.Settings, activate: true, deploy, cancel.Token);
        await Eventually.TrueAsync(() => running.IsCompleted || Enumerable.Range(1, 3).All(number => File.Exists(Path.Combine(deploy.LocalRoot(number), "here"))));

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(("Deploy", "Cancelled"), VerbAndOutcome(ReadReport(deploy)));
    }

    [Fact]
    public async Task ARunThatEndsBeforeItsRolloutLeavesNoReportOfTheRunBefore()
    {
        using DeployFixture deploy = new();
        using CancellationTokenSource cancel = new();
        await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);
        Assert.NotEmpty(Directory.GetFiles(deploy.Settings.ReportDirectory));

        await Assert.ThrowsAsync<DeploymentException>(() => Deployment.DeployAsync(deploy.Settings with { PublishDirectory = deploy.Directory.Combine("nowhere") }, activate: true, deploy, CancellationToken.None));
        string[] afterFailure = Directory.GetFiles(deploy.Settings.ReportDirectory);
        await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Deployment.DeployAsync(deploy.Settings, activate: true, deploy, cancel.Token));
        string[] afterCancellation = Directory.GetFiles(deploy.Settings.ReportDirectory);
        await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);
        await Assert.ThrowsAsync<DeploymentException>(() => Deployment.ActivateAsync(deploy.Settings, isRollback: true, deploy, CancellationToken.None));

        Assert.Empty(afterFailure);
        Assert.Empty(afterCancellation);
        Assert.Empty(Directory.GetFiles(deploy.Settings.ReportDirectory)); // there was nothing to go back to
    }

    [Fact]
    public async Task AReportOfTheRunBeforeThatCannotBeRemovedIsWarnedOf()
    {
        using DeployFixture deploy = new();
        Directory.CreateDirectory(Path.Combine(deploy.Settings.ReportDirectory, "report.json"));

        Assert.True((await Deployment.DeployAsync(deploy.Settings, activate: false, deploy, CancellationToken.None)).Succeeded);

        Assert.Equal(["MURDER1607", "MURDER1603"], deploy.Problems.Select(problem => problem.Code));
    }

    private static (string? Verb, string? Outcome) VerbAndOutcome(JsonElement report) => (report.GetProperty("verb").GetString(), report.GetProperty("outcome").GetString());

    private static JsonElement ReadReport(DeployFixture deploy)
    {
        JsonElement schema = JsonDocument.Parse(File.ReadAllText(Repository.Combine("docs", "report.schema.json"))).RootElement;
        JsonElement report = JsonDocument.Parse(File.ReadAllText(deploy.Directory.Combine("report", "report.json"))).RootElement;
        Assert.Empty(JsonSchema.Validate(schema, report));
        return report;
    }
}
