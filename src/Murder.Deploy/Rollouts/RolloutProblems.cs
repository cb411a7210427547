namespace Murder.Deploy;

/// <summary>Problems of a rollout as a whole: MURDER0601 to MURDER0619, and the warnings that go with them.</summary>
internal static class RolloutProblems
{
    public static Problem TooManyFailed(int failed, int hosts, int allowed) => new(
        "MURDER0601",
        $"{failed} of {hosts} hosts failed, and MurderMaxFailedHosts allows {allowed}: the release was activated nowhere.",
        "Mend the hosts named above and run the same command again: what they hold already is used, or leave them out with '!host' in Hosts.");

    public static Problem NotActiveEverywhere(int failed, int hosts, int active, int astray) => new(
        "MURDER0602",
        $"{failed} of {hosts} hosts failed: {active} run the release, {astray} may point to it without being healthy, and the others run what they ran before.",
        "Mend the hosts named above and run 'dotnet msbuild -t:MurderActivate' with the same properties and -p:MurderRelease set to this release.");

    /// <param name="back">hosts that went back</param>
    /// <param name="stayed">hosts that ran the release before the deploy, which leaves them at it</param>
    public static Problem RolledBack(int failed, int hosts, int allowed, int back, int stayed) => new(
        "MURDER0605",
        $"{Why(failed, hosts, allowed)}: {WentBack(back)}{(stayed == 0 ? "" : $"; {stayed} ran the release before this deploy and run it still")}.",
        "Mend what the hosts named above report, in the release or on the host, and deploy again; the release lies on all hosts still.");

    public static Problem NotRolledBack(int stuck, int hosts) => new(
        "MURDER0606",
        $"{stuck} of {hosts} hosts could not be taken back, or not to health, as said above of each; the others run what they ran before.",
        "Look at each host named above ('dotnet msbuild -t:MurderStatus' with the same properties tells what it runs, and who holds it), then run 'dotnet msbuild -t:MurderActivate' with the same properties and -p:MurderRelease set to the release before, but not on a host that another deploy has taken.");

    public static Problem NothingToGoBackTo(IReadOnlyList<string> hosts) => new(
        "MURDER0607",
        $"There is no release to go back to on {NameList.Of(hosts)}; no host was changed.",
        "Name one in MurderRelease that 'dotnet msbuild -t:MurderStatus' with the same properties lists there, or leave these hosts out with '!host' in Hosts.");

    /// <param name="leftOut">hosts that the way back would have to do without</param>
    public static Problem NotAsked(int unreached, int hosts, int allowed, int leftOut) => new(
        "MURDER0612",
        $"{unreached} of {hosts} hosts could not be asked what they ran before, and MurderMaxFailedHosts allows {allowed}: no host was changed.",
        $"Go back without them with -p:MurderMaxFailedHosts={leftOut}, or leave them out with '!host' in Hosts; or mend them first.");

    public static Problem PreviousDiffers(IEnumerable<IGrouping<string, string>> releases) => new(
        "MURDER0608",
        $"The hosts ran different releases before: {string.Join("; ", releases.Select(hosts => $"{hosts.Key} on {NameList.Of([.. hosts])}"))}; no host was changed.",
        "Say which it is to be with -p:MurderRelease=ID, one group of hosts at a time where they must differ.");

    public static Problem LockedOut(int locked, int hosts) => new(
        "MURDER0609",
        $"Another deploy holds hosts of this one ({locked} of {hosts} have said so), so this one ended: no host was changed.",
        "Wait until it is done, then run the same command again; or end it on the hosts, whatever it is doing there, with -p:MurderBreakLock=true.");

    public static Problem SeederFailed(string reason) => new(
        "MURDER0603",
        $"The seeder on this machine failed: {reason.TrimEnd('.')}.",
        "Leave the publish folder as it is while a deploy runs, and run the same command again.");

    public static Problem CancelledWhileActivating(int active, int astray, int hosts) => new(
        "MURDER0604",
        $"The deploy was cancelled while it activated: {active} of {hosts} hosts run the new release, and {astray} may point to it without being healthy.",
        "Run 'dotnet msbuild -t:MurderActivate' with the same properties and -p:MurderRelease set to this release to finish it, or to the release before to go back.");

    public static Problem LeftOut(Problem problem) => new(
        "MURDER1601",
        $"A host was left out, which MurderMaxFailedHosts allows: {problem.Text}",
        problem.Remedy);

    public static Problem ReportNotWritten(string directory, string reason) => new(
        "MURDER1603",
        $"The report could not be written to '{directory}': {reason.TrimEnd('.')}.",
        "The deploy is not touched by it; give MurderReportPath a folder that can be written.");

    public static Problem ReportNotRemoved(string directory, string reason) => new(
        "MURDER1607",
        $"The report of the run before could not be removed from '{directory}', and may be taken for the report of this one: {reason.TrimEnd('.')}.",
        "The deploy is not touched by it; look at the times in the report, and give MurderReportPath a folder that can be written.");

    public static Problem DashboardNotStarted(string reason) => new(
        "MURDER1604",
        $"The live page cannot be shown: this machine lets nobody listen on 127.0.0.1 ({reason.TrimEnd('.')}).",
        "The deploy is not touched by it; leave MurderDashboard out.");

    public static Problem LyingPeer(string host, string endpoint, string detail) => new(
        "MURDER1602",
        $"{host} got corrupt data from {endpoint} and banned it ({detail}); the release is whole all the same.",
        "Check memory and disk of the machine at that address, and who else can reach the swarm port.");

    /// <param name="perhapsMore">hosts of which it cannot be told</param>
    public static Problem CutOff(IReadOnlyList<string> hosts, IReadOnlyList<int> ports, int perhapsMore) => new(
        "MURDER1608",
        $"{NameList.Of(hosts)} reached no other host on TCP port {string.Join(", ", ports)}, the swarm's, and got all that they have from this machine alone{(perhapsMore == 0 ? "" : $"; perhaps {perhapsMore} more, which had everything too soon to tell")}.",
        "The release is not touched by it, but the deploy takes longer with every such host: open the swarm's TCP ports (MurderPort and the eight after it) between the hosts.");

    public static Problem NotPruned(string host, string detail) => new(
        "MURDER1606",
        $"{host} runs the release, but old ones could not be removed: {detail.TrimEnd('.')}.",
        "The deploy is not touched by it, and the next one tries again. Mend what keeps them on the host (rights, a mount, its disk) and run 'dotnet msbuild -t:MurderPrune' with the same properties.");

    /// <summary>Hosts that may fail may not be all of the first wave: then nobody has shown that the release runs.</summary>
    private static string Why(int failed, int hosts, int allowed) => failed > allowed
        ? $"{failed} of {hosts} hosts failed, and MurderMaxFailedHosts allows {allowed}"
        : $"{failed} of {hosts} hosts failed, which are all that were switched";

    private static string WentBack(int hosts) => hosts switch
    {
        0 => "no host had been switched yet, and all run what they ran before",
        1 => "the one that was switched runs again what it ran before",
        _ => $"the {hosts} that were switched run again what they ran before",
    };
}
