namespace Murder.SwarmBench;

/// <summary>
/// <c>scp -r</c> to one host after the other, the way a loop in a script does it. The clock runs from the first command's start to the last
/// one's end.
/// </summary>
/// <param name="hostsMax">copy to so many hosts and compute the rest; to all when null</param>
internal sealed class ScpSystem(int? hostsMax) : ISystem
{
    public string Name => "scp, one by one";

    public Task PrepareAsync(Lab lab, Payload payload, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<Outcome> RunAsync(Lab lab, Payload payload, CancellationToken cancellationToken)
    {
        DateTimeOffset start = DateTimeOffset.UtcNow;
        List<HostOutcome> done = [];
        foreach (LabHost host in lab.Hosts.Take(hostsMax ?? lab.Hosts.Count))
        {
            await Command.RunAsync(lab.Exec(Lab.Deployer, ["scp", "-r", "-p", "-q", .. OpenSsh.Options(lab), payload.Folder, $"root@{host.Address}:/srv/app"]), cancellationToken);
            done.Add(new HostOutcome(host.Name, DateTimeOffset.UtcNow, host.App));
        }

        return new Outcome(start, done) { Scale = (double)lab.Hosts.Count / done.Count };
    }
}
