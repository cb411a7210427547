using System.Net;

namespace Murder.Swarm.Tests;

/// <summary>One session and peers played by hand: what is said to it, and what it orders in return.</summary>
internal sealed class LoneSession
{
    private int _connections;

    public LoneSession(TestMetainfo metainfo, Bitfield? stored = null, SwarmOptions? options = null)
    {
        Metainfo = metainfo;
        Session = new SwarmSession(metainfo.Metainfo, stored ?? new Bitfield(metainfo.Layout.PieceCount), options ?? SwarmOptions.Default, Id(0), seed: 1);
        Session.HandleTimeout(Now);
        Take();
    }

    public TestMetainfo Metainfo { get; }

    public SwarmSession Session { get; }

    /// <summary>Everything that was ever ordered.</summary>
    public List<SwarmOutput> Ordered { get; } = [];

    public Instant Now { get; set; } = new(1);

    public static PeerId Id(int number) => PeerId.Create(new SwarmRandom((ulong)number));

    public List<SwarmOutput> Give(in SwarmInput input)
    {
        Session.Handle(input, Now);
        Session.CheckInvariants();
        return Take();
    }

    public List<SwarmOutput> Say(PeerSlot slot, in PeerMessage message) => Give(SwarmInput.MessageReceived(slot, message));

    public List<SwarmOutput> Send(PeerSlot slot, BlockRef block, int handle, bool isTrue = true) =>
        Give(SwarmInput.BlockReceived(slot, block, isTrue ? Metainfo.LeafOf(block) : Hash256.Of("a lie"u8), handle));

    /// <summary>Time passes, timers fire.</summary>
    public List<SwarmOutput> Wait(TimeSpan time)
    {
        Instant end = Now + time;
        List<SwarmOutput> outputs = [];
        while (Session.NextTimeout is { } next && next <= end)
        {
            Now = next < Now ? Now : next;
            Session.HandleTimeout(Now);
            Session.CheckInvariants();
            outputs.AddRange(Take());
        }

        Now = end;
        return outputs;
    }

    public static IPEndPoint EndpointOf(PeerSlot slot) => new(IPAddress.Parse("10.0.0.9"), 7000 + slot.Index);

    /// <summary>A peer that connected to us, with its handshake.</summary>
    public PeerSlot Connect(bool fast = true, int id = 0, bool extensions = false)
    {
        PeerSlot slot = new(_connections++, 1);
        Give(SwarmInput.PeerConnected(slot, EndpointOf(slot), isOutgoing: false));
        Give(SwarmInput.HandshakeReceived(slot, HandshakeOf(id == 0 ? slot.Index + 1 : id, fast) with { SupportsExtensions = extensions }));
        return slot;
    }

    public Handshake HandshakeOf(int id, bool fast = true) => new(Metainfo.Metainfo.InfoHash.Truncated(), Id(id), fast, SupportsExtensions: false, SupportsV2: true);

    /// <summary>A peer that has everything and unchokes us; gives what was then asked of it.</summary>
    public PeerSlot ConnectSeed(out List<BlockRef> asked)
    {
        PeerSlot slot = Connect();
        Say(slot, PeerMessage.HaveAll);
        asked = Requests(Say(slot, PeerMessage.Unchoke));
        return slot;
    }

    public static List<BlockRef> Requests(IEnumerable<SwarmOutput> outputs) => [.. Messages(outputs, PeerMessageType.Request).Select(message => message.Block)];

    public static IEnumerable<PeerMessage> Messages(IEnumerable<SwarmOutput> outputs, PeerMessageType type) => outputs
        .Where(output => output.Kind == SwarmOutputKind.SendMessage && output.Message.Type == type)
        .Select(output => output.Message);

    public static CloseReason? Closed(IEnumerable<SwarmOutput> outputs) => outputs
        .Where(output => output.Kind == SwarmOutputKind.CloseConnection)
        .Select(output => (CloseReason?)output.Reason)
        .FirstOrDefault();

    private List<SwarmOutput> Take()
    {
        List<SwarmOutput> outputs = [];
        while (Session.TryTake(out SwarmOutput output))
        {
            outputs.Add(output);
        }

        Ordered.AddRange(outputs);
        return outputs;
    }
}
