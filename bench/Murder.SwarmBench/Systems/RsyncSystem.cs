namespace Murder.SwarmBench;

/// <summary><c>rsync -a</c> to every host at once. The clock runs from the first command's start to the last one's end.</summary>
internal sealed class RsyncSystem : ISystem
{
    public string Name => "rsync, all at once";

    public Task PrepareAsync(Lab lab, Payload payload, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<Outcome> RunAsync(Lab lab, Payload payload, CancellationToken cancellationToken)
    {
        DateTimeOffset start = DateTimeOffset.UtcNow;
        return new Outcome(start, await Task.WhenAll(lab.Hosts.Select(CopyAsync)));

        async Task<HostOutcome> CopyAsync(LabHost host)
        {
            string shell = $"ssh {string.Join(' ', OpenSsh.Options(lab))}";
            await Command.RunAsync(lab.Exec(Lab.Deployer, "rsync", "-a", "-e", shell, payload.Folder + "/", $"root@{host.Address}:/srv/app/"), cancellationToken);
            return new HostOutcome(host.Name, DateTimeOffset.UtcNow, host.App);
        }
    }
}
