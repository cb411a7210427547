using CsCheck;

namespace Murder.Swarm.Tests;

public class PieceRarityTests
{
    /// <summary>After any changes: the counts are those of a plain list, and what is found is free, useful, and held by as few as any such piece.</summary>
    [Fact]
    public void Counts_and_finds_what_a_plain_list_does() => Gen.Select(Gen.Int[1, 40], Gen.ULong).Sample((pieces, seed) =>
    {
        SwarmRandom random = new(seed);
        PieceRarity rarity = new(pieces);
        int[] holders = new int[pieces];
        bool[] isFree = new bool[pieces];
        for (int step = 0; step < 300; step++)
        {
            int piece = random.Next(pieces);
            switch (random.Next(4))
            {
                case 0:
                    rarity.AddHolder(piece);
                    holders[piece]++;
                    break;
                case 1 when holders[piece] > 0:
                    rarity.RemoveHolder(piece);
                    holders[piece]--;
                    break;
                case 2 when !isFree[piece]:
                    rarity.Release(piece);
                    isFree[piece] = true;
                    break;
                case 3 when isFree[piece]:
                    rarity.Take(piece);
                    isFree[piece] = false;
                    break;
            }

            Bitfield useful = new(pieces);
            for (int at = 0; at < pieces; at += 1 + random.Next(3))
            {
                useful.Add(at);
            }

            int[] candidates = [.. Enumerable.Range(0, pieces).Where(at => isFree[at] && useful[at])];
            int found = rarity.FindRarest(useful, random);
            Assert.Equal(isFree.Count(free => free), rarity.FreeCount);
            Assert.Equal(holders, Enumerable.Range(0, pieces).Select(rarity.HoldersOf));
            Assert.Equal(candidates.Length > 0, found >= 0);
            Assert.True(found < 0 || candidates.Contains(found));
            Assert.True(found < 0 || holders[found] == candidates.Min(at => holders[at]), $"{found} is not the rarest");
        }
    }, iter: 200);
}
