using System.Text;
using Murder.Swarm;

namespace Murder.Fuzzing;

/// <summary>The query of an announce, as the tracker reads it, and the answer, as a member does.</summary>
internal sealed class AnnounceTarget : IFuzzTarget
{
    public string Name => "announce";

    public IReadOnlyList<byte[]> Corpus { get; } =
    [
        Encoding.ASCII.GetBytes(new AnnounceRequest(new byte[20], PeerId.Create(new SwarmRandom(1)), 6881, 1, 2, 3, AnnounceEvent.Started, 50).ToQuery()),
        "info_hash=%00%01%02%03%04%05%06%07%08%09aaaaaaaaaa&peer_id=-MB0100-abcdefghijkl&port=1&left=0&event=stopped&compact=1"u8.ToArray(),
        "d8:completei3e10:incompletei0e8:intervali2e5:peers12:abcdefghijkle"u8.ToArray(),
        "d14:failure reason7:no suche"u8.ToArray(),
    ];

    public IReadOnlyList<byte[]> Tokens { get; } =
    [
        "&"u8.ToArray(), "="u8.ToArray(), "%"u8.ToArray(), "%zz"u8.ToArray(), "info_hash"u8.ToArray(), "port=99999"u8.ToArray(), "left=-1"u8.ToArray(),
        "numwant=2147483648"u8.ToArray(), "6:peers6"u8.ToArray(), "8:intervali-1e"u8.ToArray(), "+"u8.ToArray(),
    ];

    public long AllocationMax(int inputLength) => (32 * 1024) + (128L * inputLength);

    public void Run(byte[] input)
    {
        if (AnnounceRequest.TryParse(Encoding.Latin1.GetString(input), out AnnounceRequest? request, out string? failure)
            && !AnnounceRequest.TryParse(request.ToQuery(), out _, out failure))
        {
            throw new FuzzFindException($"an accepted announce is refused when it is written again: {failure}");
        }

        _ = AnnounceResponse.TryRead(input, out _, out _);
    }
}
