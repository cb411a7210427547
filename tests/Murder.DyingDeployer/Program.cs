using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Murder.Deploy;

// murder-dying-deployer SETTINGS.JSON N [LINE]: deploys, and is killed when it has told of its Nth change (from 0 on; -1 for never): a rollout tells of
// each after it has taken place and before anything follows from it. With LINE, a regular expression, only lines that match it count, those of its
// progress too. Prints what it tells of changes, a line each.
DeploymentSettings settings = JsonSerializer.Deserialize<DeploymentSettings>(await File.ReadAllBytesAsync(args[0]))!;
DyingLog log = new(int.Parse(args[1], CultureInfo.InvariantCulture), args.Length > 2 ? new Regex(args[2]) : null);
return (await Deployment.DeployAsync(settings, activate: true, log, CancellationToken.None)).Succeeded ? 0 : 1;

/// <param name="counted">null for every change from the release on</param>
internal sealed class DyingLog(int dieAt, Regex? counted) : IDeploymentLog
{
    private readonly Lock _lock = new();
    private int _told;
    private bool _isRollingOut;

    public void Milestone(string line) => Tell(line);

    public void Detail(string line) => Tell(line);

    public void Order(string line) => Tell(line);

    public void Progress(string line)
    {
        if (counted is not null)
        {
            Count(line);
        }
    }

    public void Report(Problem problem) => Tell(problem.ToString());

    private void Tell(string line)
    {
        lock (_lock)
        {
            Console.WriteLine(line);
            _isRollingOut |= line.StartsWith("release ", StringComparison.Ordinal);
            Count(line);
        }
    }

    private void Count(string line)
    {
        lock (_lock)
        {
            if ((counted?.IsMatch(line) ?? _isRollingOut) && _told++ == dieAt)
            {
                Process.GetCurrentProcess().Kill(); // SIGKILL
                Thread.Sleep(Timeout.Infinite);
            }
        }
    }
}
