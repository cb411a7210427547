namespace Murder.Swarm.Tests;

/// <summary>Whole swarms: what must be true whatever the seed.</summary>
public class SwarmTests
{
    private const int Block = PieceLayout.BlockLength;

    [Fact]
    public void A_leech_fetches_everything_from_a_seed()
    {
        TestSwarm swarm = new(new TestMetainfo(4 * Block, 20 * Block, 0, 100, (9 * Block) + 1), seed: 1);
        TestMember seed = swarm.AddSeed();
        TestMember leech = swarm.AddLeech();

        Assert.True(swarm.RunUntilComplete(), swarm.Describe());
        Assert.True(swarm.RunUntil(() => leech.Announced.Contains(AnnounceEvent.Completed), TimeSpan.FromSeconds(1)));

        Assert.Equal(1, leech.TorrentCompletedCount);
        Assert.Equal(swarm.Metainfo.Layout.TotalLength, leech.Session.Stats.VerifiedBytes);
        Assert.Equal(swarm.Metainfo.Layout.TotalLength, leech.Session.Stats.DownloadedBytes);
        Assert.Equal(0, leech.Session.Stats.WastedBytes);
        Assert.Equal([AnnounceEvent.Started, AnnounceEvent.Completed], leech.Announced.Distinct().Where(told => told != AnnounceEvent.None));
        Assert.Equal(AnnounceEvent.Started, seed.Announced[0]);
        Assert.DoesNotContain(AnnounceEvent.Completed, seed.Announced);
    }

    [Theory]
    [InlineData(2, 40)]
    [InlineData(8, 12)]
    [InlineData(50, 2)]
    public void Everybody_completes_and_nobody_honest_is_banned(int members, int seeds)
    {
        for (ulong seed = 0; seed < (ulong)seeds; seed++)
        {
            TestSwarm swarm = new(SomeRelease(seed), seed) { InvariantsEvery = members > 8 ? 97 : 1 };
            swarm.AddSeed();
            for (int leech = 1; leech < members; leech++)
            {
                swarm.AddLeech();
            }

            Assert.True(swarm.RunUntilComplete(), swarm.Describe());
            Assert.All(swarm.Members, member => Assert.Empty(member.Banned));
            AssertBuffersComeBack(swarm);
        }
    }

    [Fact]
    public void The_seeder_of_many_sends_little_more_than_one_copy()
    {
        TestSwarm swarm = new(TestMetainfo.OfPieces(100, 4), seed: 3) { InvariantsEvery = 97 };
        TestMember seed = swarm.AddSeed(SwarmOptions.Default with { IsOrigin = true });
        for (int leech = 0; leech < 16; leech++)
        {
            swarm.AddLeech();
        }

        Assert.True(swarm.RunUntilComplete(), swarm.Describe());

        double copies = (double)seed.Session.Stats.UploadedBytes / swarm.Metainfo.Layout.TotalLength;
        Assert.True(copies < 2, $"{copies} copies; {swarm.Describe()}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(1024)]
    public void A_liar_among_many_is_banned_by_name_and_everybody_else_completes(int blocksPerPiece)
    {
        for (ulong seed = 0; seed < 6; seed++)
        {
            TestSwarm swarm = new(TestMetainfo.OfPieces(Math.Max(3, 64 / blocksPerPiece), blocksPerPiece), seed) { InvariantsEvery = 13 };
            swarm.AddSeed();
            TestMember liar = AddLiar(swarm, liesOnceIn: 4);
            for (int leech = 0; leech < 6; leech++)
            {
                swarm.AddLeech();
            }

            Assert.True(swarm.RunUntilComplete(), swarm.Describe());
            Assert.All(swarm.Honest.SelectMany(member => member.Banned), ban => Assert.Equal(liar.Endpoint.Address, ban.Endpoint.Address));
            Assert.Contains(swarm.Honest, member => member.Banned.Count > 0);
            AssertBuffersComeBack(swarm);
        }
    }

    [Fact]
    public void Whoever_lied_is_not_spoken_to_again()
    {
        TestSwarm swarm = new(TestMetainfo.OfPieces(32, 4), seed: 5);
        swarm.AddSeed();
        TestMember liar = AddLiar(swarm, liesOnceIn: 1);
        TestMember leech = swarm.AddLeech();
        swarm.RunUntil(() => leech.Banned.Count > 0, TimeSpan.FromMinutes(1));

        swarm.RunUntil(() => false, TimeSpan.FromMinutes(2));

        Assert.Single(leech.Banned);
        Assert.Equal(1, leech.Session.Stats.PeersBanned);
        Assert.DoesNotContain(leech.Links, link => link.Other(leech) == liar);
    }

    [Fact]
    public void Peers_that_vanish_are_done_without()
    {
        for (ulong seed = 0; seed < 8; seed++)
        {
            TestSwarm swarm = new(TestMetainfo.OfPieces(60, 4), seed) { InvariantsEvery = 7 };
            swarm.AddSeed();
            for (int leech = 0; leech < 9; leech++)
            {
                TestMember member = swarm.AddLeech();
                if (leech % 3 == 0)
                {
                    swarm.At(TimeSpan.FromMilliseconds(20 + swarm.Random.Next(100)), member.Vanish);
                }
            }

            Assert.True(swarm.RunUntilComplete(), swarm.Describe());
            Assert.All(swarm.Honest, member => Assert.Empty(member.Banned));
            AssertBuffersComeBack(swarm);
        }
    }

    [Fact]
    public void Peers_that_never_answer_are_done_without()
    {
        for (ulong seed = 0; seed < 4; seed++)
        {
            TestSwarm swarm = new(TestMetainfo.OfPieces(60, 4), seed) { InvariantsEvery = 7 };
            swarm.AddSeed();
            for (int mute = 0; mute < 2; mute++)
            {
                Adopt(swarm, new TestMember(swarm, swarm.Members.Count, Bitfield.Full(60), SwarmOptions.Default) { IsMute = true });
            }

            TestMember leech = swarm.AddLeech();

            Assert.True(swarm.RunUntil(() => leech.IsComplete, TimeSpan.FromSeconds(5)), swarm.Describe());
            AssertBuffersComeBack(swarm);
        }
    }

    [Fact]
    public void Two_runs_of_the_same_seeded_scenario_give_the_same_trace_hash()
    {
        string first = TraceOfScenario(seed: 42);

        Assert.Equal(first, TraceOfScenario(seed: 42));
        Assert.NotEqual(first, TraceOfScenario(seed: 43));
    }

    [Fact]
    public void The_end_game_wastes_little()
    {
        long wasted = 0;
        long needed = 0;
        for (ulong seed = 0; seed < 4; seed++)
        {
            TestSwarm swarm = new(TestMetainfo.OfPieces(200, 4), seed) { InvariantsEvery = 97 };
            Adopt(swarm, new TestMember(swarm, 0, Bitfield.Full(200), SwarmOptions.Default) { UplinkRate = 3_000_000 });
            for (int leech = 0; leech < 8; leech++)
            {
                Adopt(swarm, new TestMember(swarm, swarm.Members.Count, new Bitfield(200), SwarmOptions.Default) { UplinkRate = 3_000_000 });
            }

            Assert.True(swarm.RunUntilComplete(), swarm.Describe());
            wasted += swarm.Members.Sum(member => member.Session.Stats.WastedBytes);
            needed += 8 * swarm.Metainfo.Layout.TotalLength;
        }

        // Part of it is not the end game: of two crossing connections one is closed with blocks under way.
        Assert.True(wasted < needed / 25, $"{100.0 * wasted / needed} %");
    }

    [Fact]
    public void Crossing_connections_end_as_one()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            TestSwarm swarm = new(TestMetainfo.OfPieces(400, 16), seed);
            Adopt(swarm, new TestMember(swarm, 0, Bitfield.Full(400), SwarmOptions.Default) { UplinkRate = 1_000_000 });
            swarm.AddLeech();
            TestLink.Open(swarm, swarm.Members[0], swarm.Members[1]);
            TestLink.Open(swarm, swarm.Members[1], swarm.Members[0]);

            swarm.RunUntil(() => false, TimeSpan.FromSeconds(4));

            Assert.All(swarm.Members, member => Assert.Single(member.Links));
        }
    }

    [Fact]
    public void A_stopped_member_says_goodbye_and_holds_nothing()
    {
        TestSwarm swarm = new(TestMetainfo.OfPieces(400, 16), seed: 9);
        swarm.AddSeed();
        TestMember leech = swarm.AddLeech();
        swarm.RunUntil(() => leech.Stored.Count > 50, TimeSpan.FromMinutes(1));

        leech.Give(SwarmInput.StopRequested());

        Assert.True(swarm.RunUntil(() => leech.IsStopped, TimeSpan.FromSeconds(2)));
        Assert.Equal(AnnounceEvent.Stopped, leech.Announced[^1]);
        swarm.RunUntil(() => false, TimeSpan.FromSeconds(2));
        Assert.Equal(0, leech.HandlesHeld);
        Assert.Null(leech.Session.NextTimeout);
    }

    [Fact]
    public void Connections_between_the_complete_are_closed()
    {
        TestSwarm swarm = new(TestMetainfo.OfPieces(20, 4), seed: 11);
        swarm.AddSeed();
        swarm.AddSeed();
        swarm.AddLeech();
        swarm.AddLeech();

        Assert.True(swarm.RunUntilComplete(), swarm.Describe());
        swarm.RunUntil(() => false, TimeSpan.FromSeconds(5));

        Assert.All(swarm.Members, member => Assert.Empty(member.Links));
    }

    private static TestMetainfo SomeRelease(ulong seed)
    {
        SwarmRandom random = new(seed);
        int pieceLength = Block << random.Next(4);
        return new TestMetainfo(pieceLength, [.. Enumerable.Range(0, 30).Select(_ => (long)random.Next(random.Next(4) == 0 ? 30 * Block : Block))]);
    }

    private static TestMember AddLiar(TestSwarm swarm, int liesOnceIn) =>
        Adopt(swarm, new TestMember(swarm, swarm.Members.Count, Bitfield.Full(swarm.Metainfo.Layout.PieceCount), SwarmOptions.Default) { LiesOnceIn = liesOnceIn });

    private static TestMember Adopt(TestSwarm swarm, TestMember member)
    {
        swarm.Members.Add(member);
        swarm.At(TimeSpan.Zero, member.Start);
        return member;
    }

    private static void AssertBuffersComeBack(TestSwarm swarm)
    {
        swarm.RunUntil(() => false, TimeSpan.FromSeconds(3));
        Assert.All(swarm.Honest, member => Assert.Equal(0, member.HandlesHeld));
    }

    private static string TraceOfScenario(ulong seed)
    {
        TestSwarm swarm = new(SomeRelease(7), seed);
        swarm.AddSeed();
        AddLiar(swarm, liesOnceIn: 5);
        for (int leech = 0; leech < 5; leech++)
        {
            TestMember member = swarm.AddLeech();
            if (leech == 2)
            {
                swarm.At(TimeSpan.FromMilliseconds(15), member.Vanish);
            }
        }

        Assert.True(swarm.RunUntilComplete(), swarm.Describe());
        return swarm.TraceHash();
    }
}
