using System.Net;
using CsCheck;

namespace Murder.Swarm.Tests;

public sealed class PeerHandoutTests
{
    [Theory]
    [InlineData(1000, 50)]
    [InlineData(1000, 7)]
    [InlineData(65, 50)]
    [InlineData(51, 50)]
    public void Everybody_is_handed_out_as_often_as_it_is_handed_to(int members, int wanted)
    {
        List<SwarmMember> ring = Ring(members);
        var handout = new PeerHandout(TrackerOptions.Default with { EverybodyMeetsSeederMembersMax = 0 }, seed: 3);
        Dictionary<SwarmMember, int> timesGiven = ring.SelectMany(asker => handout.Choose(ring, asker, wanted)).CountBy(member => member).ToDictionary();
        Assert.All(ring, member => Assert.Equal(wanted, timesGiven[member]));
    }

    [Theory]
    [InlineData(1000, 3)]
    [InlineData(10_000, 5)]
    public void The_swarm_hangs_together_by_short_ways(int members, int wanted)
    {
        List<SwarmMember> ring = Ring(members);
        var handout = new PeerHandout(TrackerOptions.Default, seed: 3);
        var reached = new HashSet<SwarmMember> { ring[0] };
        List<SwarmMember> edge = [ring[0]];
        int steps = 0;
        for (; edge.Count > 0; steps++)
        {
            edge = [.. edge.SelectMany(asker => handout.Choose(ring, asker, wanted)).Where(reached.Add)];
        }

        Assert.Equal(members, reached.Count);
        Assert.True(steps < 4 * Math.Log2(members), $"{steps} steps");
    }

    [Fact]
    public void In_a_small_swarm_everybody_meets_the_seeder()
    {
        List<SwarmMember> ring = Ring(60);
        SwarmMember seeder = Join(ring, isLocal: true);
        var handout = new PeerHandout(TrackerOptions.Default, seed: 3);
        Assert.All(ring.Where(member => member != seeder), asker => Assert.Contains(seeder, handout.Choose(ring, asker, 1)));
    }

    [Fact]
    public void In_a_large_swarm_the_seeder_is_one_of_many()
    {
        List<SwarmMember> ring = Ring(1000);
        SwarmMember seeder = Join(ring, isLocal: true);
        var handout = new PeerHandout(TrackerOptions.Default, seed: 3);
        Assert.Equal(50, ring.Count(asker => handout.Choose(ring, asker, 50).Contains(seeder)));
    }

    [Fact]
    public void Most_are_in_the_askers_zone_and_the_zones_hang_together()
    {
        List<SwarmMember> ring = Ring(1000);
        Dictionary<string, MemberRing> zones = ring.Select(member => member.Zone).Distinct().ToDictionary(zone => zone, _ => new MemberRing(new SwarmRandom(1), isOfZone: true));
        ring.ForEach(member => zones[member.Zone].Join(member));
        var handout = new PeerHandout(TrackerOptions.Default, seed: 3);

        List<SwarmMember> Choose(SwarmMember asker) => handout.Choose(ring, zones[asker.Zone], asker, 50);

        Assert.All(ring, asker => Assert.Equal(50, Choose(asker).Distinct().Count()));
        Assert.All(ring, asker => Assert.Equal(3, Choose(asker).Count(member => member.Zone != asker.Zone)));
        Assert.All(zones.Values, zone => Assert.Equal(10, zone.SelectMany(Choose).Select(member => member.Zone).Distinct().Count()));
    }

    [Fact]
    public void Who_is_alone_in_its_zone_is_given_some_of_the_others()
    {
        List<SwarmMember> ring = Ring(1000);
        MemberRing alone = new(new SwarmRandom(1), isOfZone: true);
        alone.Join(ring[4]);

        Assert.Equal(6, new PeerHandout(TrackerOptions.Default, seed: 3).Choose(ring, alone, ring[4], 50).Distinct().Count());
    }

    [Fact]
    public void A_seed_is_given_what_leeches_there_are()
    {
        List<SwarmMember> ring = Ring(500);
        foreach (SwarmMember member in ring)
        {
            member.IsSeed = member.RingIndex % 100 != 0;
        }

        var handout = new PeerHandout(TrackerOptions.Default, seed: 3);
        Assert.Equal(5, handout.Choose(ring, ring[1], 50).Count);
        Assert.All(handout.Choose(ring, ring[1], 50), member => Assert.False(member.IsSeed));
    }

    [Fact]
    public void Whatever_is_asked_nobody_comes_twice_or_meets_itself() =>
        Gen.Select(Gen.Int[1, 150], Gen.Int[-1, 400], Gen.Int[0, 149], Gen.Bool.Array[150]).Sample((members, wanted, at, seeds) =>
        {
            List<SwarmMember> ring = Ring(members);
            ring.ForEach(member => member.IsSeed = seeds[member.RingIndex]);
            Join(ring, isLocal: true).IsSeed = true;
            SwarmMember asker = ring[at % ring.Count];
            List<SwarmMember> chosen = new PeerHandout(TrackerOptions.Default, seed: 3).Choose(ring, asker, wanted);
            Assert.DoesNotContain(asker, chosen);
            Assert.Equal(chosen.Count, chosen.Distinct().Count());
            Assert.True(chosen.Count <= Math.Max(0, Math.Min(wanted, 200)));
        });

    private static List<SwarmMember> Ring(int members)
    {
        var ring = new List<SwarmMember>();
        for (int member = 0; member < members; member++)
        {
            Join(ring, isLocal: false);
        }

        return ring;
    }

    private static SwarmMember Join(List<SwarmMember> ring, bool isLocal)
    {
        var member = new SwarmMember(new IPEndPoint(ring.Count + 1, 6881), PeerId.Create(new SwarmRandom((ulong)ring.Count)))
        {
            IsLocal = isLocal,
            IsSeed = isLocal,
            RingIndex = ring.Count,
            Zone = $"zone {new SwarmRandom((ulong)ring.Count).Next(10)}",
        };
        ring.Add(member);
        return member;
    }
}
