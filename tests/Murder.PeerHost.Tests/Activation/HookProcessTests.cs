using System.Diagnostics;
using System.Globalization;
using Murder.Testing;

namespace Murder.PeerHost.Tests;

public sealed class HookProcessTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("true", "ended with exit code 0")]
    [InlineData("exit 3", "ended with exit code 3")]
    [InlineData("echo out; echo err >&2; echo out; exit 200", "ended with exit code 200: out / err / out")]
    [InlineData("echo last words; kill -9 $$", "was ended by signal 9: last words")]
    [InlineData("no-such-command", "ended with exit code 127: /bin/sh: 1: no-such-command: not found")]
    [InlineData("echo it; exec >&- 2>&-; sleep 0.2; exit 4", "ended with exit code 4: it")]
    public async Task HowItEndsAndWhatItSaidIsTold(string command, string end)
    {
        HookEnd ended = await RunAsync(command);

        Assert.Equal(end, ended.ToString());
        Assert.Equal(command == "true", ended.IsGood);
    }

    [Fact]
    public async Task NothingInACommandIsTakenForAnythingElse()
    {
        string folder = _directory.Combine("it's \"$(touch gone)\"");
        Directory.CreateDirectory(folder);

        HookEnd ended = await RunAsync("printf '%s|' \"$PWD\" '$1' \"it's\"; exit 1", folder);

        Assert.Equal($"ended with exit code 1: {folder}|$1|it's|", ended.ToString());
    }

    [Fact]
    public async Task AFolderThatIsGoneIsSaid() =>
        Assert.Contains("gone", (await RunAsync("true", _directory.Combine("gone"))).ToString(), StringComparison.Ordinal);

    [Fact]
    public async Task OfMuchOutputTheEndIsKept()
    {
        HookEnd ended = await RunAsync("head -c 5000000 /dev/zero | tr '\\0' x; echo; echo the end; exit 1");

        Assert.EndsWith("x / the end", ended.LastLines, StringComparison.Ordinal);
        Assert.True(ended.LastLines.Length < HookOutput.BytesKeptMax);
    }

    [Fact]
    public async Task ItReadsNothingHasASessionOfItsOwnAndIgnoresNoSignal()
    {
        HookEnd ended = await RunAsync("cat; readlink /proc/$$/fd/0; cut -d' ' -f6 /proc/$$/stat; echo $$; grep SigIgn /proc/$$/status; exit 1");

        string[] lines = ended.LastLines.Split(" / ");
        Assert.Equal("/dev/null", lines[0]);
        Assert.Equal(lines[2], lines[1]);
        ulong ignored = ulong.Parse(lines[3].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Assert.Equal(0UL, ignored & 0x7FFF_FFFF); // signals 32 and 33 belong to the C library
    }

    [Fact]
    public async Task ItsEnvironmentIsWhatItIsGiven()
    {
        HookEnd ended = await HookProcess.RunAsync(new HookCommand("env", "env; exit 1", []), ["NAME=a b", "HOME=/home/ann"], ActivationOptions.Default, TimeProvider.System, CancellationToken.None);

        Assert.Contains("NAME=a b", ended.LastLines, StringComparison.Ordinal);
        Assert.Contains("HOME=/home/ann", ended.LastLines, StringComparison.Ordinal);
        Assert.DoesNotContain("DOTNET", ended.LastLines, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatItLeavesInTheBackgroundStaysAndIsNotWaitedFor()
    {
        Stopwatch watch = Stopwatch.StartNew();

        HookEnd ended = await RunAsync("sleep 300 & echo $!");

        Assert.True(ended.IsGood);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60));
        int daemon = int.Parse(ended.LastLines, CultureInfo.InvariantCulture);
        Assert.True(ProcessTree.IsRunning(daemon));
        ProcessTree.Kill(daemon);
    }

    [Theory]
    [InlineData("sleep 300 & sleep 300")]
    [InlineData("trap '' TERM; sleep 300 & sleep 300")]
    [InlineData("(trap '' TERM; sleep 300; sleep 300) & exec sleep 300")]
    [InlineData("trap '' TERM; while true; do head -c 100000 /dev/zero; sleep 0.1; done")]
    public async Task NothingOfItIsLeftWhenItIsCancelled(string command)
    {
        string idFile = _directory.Combine("id");
        using CancellationTokenSource cancelled = new();
        Task<HookEnd> running = RunAsync($"echo $$ >{idFile}.new; mv {idFile}.new {idFile}; {command}", cancellationToken: cancelled.Token);
        await Eventually.TrueAsync(() => File.Exists(idFile));
        int id = int.Parse(await File.ReadAllTextAsync(idFile), CultureInfo.InvariantCulture);
        await Eventually.TrueAsync(() => ProcessTree.ChildrenOf(id).Count > 0);

        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        // Who was killed may need a moment to be gone.
        await Eventually.TrueAsync(() => !Directory.GetDirectories("/proc").Any(path =>
            int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out int other) && ProcessTree.SessionOf(other) == id && ProcessTree.IsRunning(other)));
    }

    [Fact]
    public async Task WhoIsToldToEndMayStillTidyUp()
    {
        string idFile = _directory.Combine("id");
        using CancellationTokenSource cancelled = new();
        Task<HookEnd> running = RunAsync($"trap 'touch tidy; exit 0' TERM; touch {idFile}; while true; do sleep 0.05; done", cancellationToken: cancelled.Token);
        await Eventually.TrueAsync(() => File.Exists(idFile));

        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        Assert.True(File.Exists(_directory.Combine("tidy")));
    }

    [Fact]
    public async Task WhatCannotBeStartedIsAnError()
    {
        IOException error = await Assert.ThrowsAsync<IOException>(() => RunAsync(new string('x', 1_000_000)));

        Assert.StartsWith("/bin/sh: ", error.Message, StringComparison.Ordinal);
    }

    private Task<HookEnd> RunAsync(string command, string? folder = null, CancellationToken cancellationToken = default) =>
        HookProcess.RunAsync(HookCommand.InFolder("Test", command, folder ?? _directory.Path), LoginEnvironment.Capture().With(new Dictionary<string, string>()), ActivationOptions.Default, TimeProvider.System, cancellationToken);
}
