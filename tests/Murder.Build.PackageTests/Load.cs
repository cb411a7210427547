using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Murder.Build.PackageTests;

/// <summary>A constant load of requests on one host of the lab, by <c>hey</c>; it is made by two workers, each waiting for its answers.</summary>
internal sealed partial class Load : IDisposable
{
    public const int RequestsPerSecond = 20;

    private readonly Process _process;
    private readonly Task<string> _output;

    public Load(Lab lab, int host)
    {
        string[] command = [.. lab.OnDeployer, "hey", "-z", "15m", "-c", "2", "-q", $"{RequestsPerSecond / 2}", "-t", "5", Lab.UrlOf(host, "/api/status")];
        _process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })!;
        _output = _process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>Ends the load and tells what came of it.</summary>
    public async Task<LoadResult> StopAsync()
    {
        Process.Start("kill", ["-INT", _process.Id.ToString(CultureInfo.InvariantCulture)]).Dispose();
        string output = await _output;
        return new LoadResult(
            StatusLine().Matches(output).ToDictionary(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), match => int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)),
            ErrorLine().Matches(output).ToDictionary(match => match.Groups[2].Value.TrimEnd(), match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)),
            output);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    [GeneratedRegex(@"^  \[(\d+)\]\t(\d+) responses", RegexOptions.Multiline)]
    private static partial Regex StatusLine();

    [GeneratedRegex(@"^  \[(\d+)\]\t(?!\d+ responses)(.+)$", RegexOptions.Multiline)]
    private static partial Regex ErrorLine();
}

/// <param name="Answers">how many by HTTP status</param>
/// <param name="Errors">how many requests had none, by what the system said</param>
internal sealed record LoadResult(IReadOnlyDictionary<int, int> Answers, IReadOnlyDictionary<string, int> Errors, string Output)
{
    public int ErrorCount => Errors.Values.Sum();

    public void AssertNoneFailed()
    {
        Assert.True(Answers.Keys.SequenceEqual([200]) && ErrorCount == 0, Output);
    }
}
