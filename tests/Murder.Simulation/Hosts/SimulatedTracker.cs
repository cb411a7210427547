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

    /// <summary>The seeder asks nobody, as the deployer's: it lives beside the tracker, and others come to it.</summary>
    public void Announce(SimulatedHost host, AnnounceEvent told)
    {
        if (host.Index == Simulation.SeederIndex)
        {
            host.At(host.Now.Ticks, EventKind.AnnounceIsAnswered);
            return;
        }

        SwarmStats stats = host.Session.Stats;
        host.Announced = new AnnounceRequest(
            _simulation.InfoHash,
            host.Id,
            Simulation.ListenPort,
            stats.UploadedBytes,
            stats.DownloadedBytes,
            _simulation.Payload.Layout.TotalLength - stats.VerifiedBytes,
            told,
            _simulation.Scenario.PeersWanted)
        {
            Zone = _simulation.Scenario.IsZoneTold ? $"zone {host.Zone}" : "",
        };
        host.Send(Home, host.Now.Ticks + LatencyTicks(host), EventKind.AnnounceArrives, host.Index);
    }

    /// <summary>In the turn of the seeder's host.</summary>
    public void OnAnnounceArrives(SimulatedHost host, Instant now)
    {
        Scenario scenario = _simulation.Scenario;
        bool isAway = now.Ticks >= scenario.TrackerAwayAt.Ticks && now.Ticks < (scenario.TrackerAwayAt + scenario.TrackerAwayTime).Ticks;
        AnnounceResponse? response = null;
        if (!isAway)
        {
            _state.TryAnnounce(host.Announced!, host.Address, _reachedAt, now, out response, out _);
            _free = Math.Max(_free, now.Ticks) + scenario.TrackerServiceTime.Ticks;
        }

        host.TrackerAnswer = response;
        Home.Send(host, (isAway ? now.Ticks : Math.Max(now.Ticks, _free)) + LatencyTicks(host), EventKind.AnnounceIsAnswered);
    }

    private SimulatedHost Home => _simulation.Hosts[Simulation.SeederIndex];

    private long LatencyTicks(SimulatedHost host) => _simulation.LatencyTicks(host, Home);
}
