using System.Net;
using Murder.Swarm;

namespace Murder.Simulation;

/// <summary>The shipped tracker on the deployer's machine, reached over the network.</summary>
internal sealed class SimulatedTracker
{
    private readonly Simulation _simulation;
    private readonly TrackerState _state;
    private readonly IPAddress _reachedAt;
    private long _free;

    public SimulatedTracker(Simulation simulation, ulong seed)
    {
        _simulation = simulation;
        _state = new TrackerState(simulation.Payload.Metainfo.InfoHash, simulation.Scenario.Tracker, seed);
        _reachedAt = SimulatedHost.AddressOf(Simulation.SeederIndex);
    }

    public void AddSeeder(SimulatedHost seeder) => _state.AddLocalSeed(seeder.Id, Simulation.ListenPort);

    public void Announce(SimulatedHost host, AnnounceEvent told) =>
        _simulation.At(_simulation.Now.Ticks + LatencyTicks(host), EventKind.AnnounceArrives, host.Index, (int)told);

    public void OnAnnounceArrives(SimulatedHost host, AnnounceEvent told)
    {
        Scenario scenario = _simulation.Scenario;
        long now = _simulation.Now.Ticks;
        bool isAway = now >= scenario.TrackerAwayAt.Ticks && now < (scenario.TrackerAwayAt + scenario.TrackerAwayTime).Ticks;
        AnnounceResponse? response = null;
        if (!isAway)
        {
            SwarmStats stats = host.Session.Stats;
            AnnounceRequest request = new(
                _simulation.InfoHash,
                host.Id,
                Simulation.ListenPort,
                stats.UploadedBytes,
                stats.DownloadedBytes,
                _simulation.Payload.Layout.TotalLength - stats.VerifiedBytes,
                told,
                scenario.PeersWanted);
            _state.TryAnnounce(request, host.Address, _reachedAt, _simulation.Now, out response, out _);
            _free = Math.Max(_free, now) + scenario.TrackerServiceTime.Ticks;
        }

        host.TrackerAnswers.Enqueue(response);
        _simulation.At((isAway ? now : Math.Max(now, _free)) + LatencyTicks(host), EventKind.AnnounceIsAnswered, host.Index);
    }

    private long LatencyTicks(SimulatedHost host) => _simulation.LatencyTicks(host, _simulation.Hosts[Simulation.SeederIndex]);
}
