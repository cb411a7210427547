using System.Net;

namespace Murder.Swarm.Tests;

/// <summary>A connection of two members: ordered both ways, with latency, and closed as TCP does.</summary>
internal sealed class TestLink
{
    private readonly TestSwarm _swarm;
    private readonly End _opener;
    private readonly End _accepter;

    private TestLink(TestSwarm swarm, TestMember opener, TestMember accepter)
    {
        _swarm = swarm;
        _opener = new End(opener);
        _accepter = new End(accepter);
        _opener.Slot = opener.TakeSlot(this);
        _accepter.Slot = accepter.TakeSlot(this);
    }

    public static void Open(TestSwarm swarm, TestMember opener, TestMember accepter)
    {
        TestLink link = new(swarm, opener, accepter);
        accepter.Give(SwarmInput.PeerConnected(link._accepter.Slot, new IPEndPoint(opener.Endpoint.Address, 40_000 + swarm.Random.Next(10_000)), isOutgoing: false));
        opener.Give(SwarmInput.PeerConnected(link._opener.Slot, accepter.Endpoint, isOutgoing: true));
    }

    public TestMember Other(TestMember member) => member == _opener.Member ? _accepter.Member : _opener.Member;

    public void SendHandshake(TestMember from)
    {
        byte[] bytes = new byte[Handshake.Size];
        PeerMessageCodec.WriteHandshake(new Handshake(_swarm.Metainfo.Metainfo.InfoHash.Truncated(), from.Id, true, true, true), bytes);
        Assert.True(PeerMessageCodec.TryReadHandshake(bytes, out Handshake? handshake));
        Deliver(from, to => to.Member.Give(SwarmInput.HandshakeReceived(to.Slot, handshake!)));
    }

    public void SendMessage(TestMember from, in PeerMessage message)
    {
        byte[] frame = new byte[PeerMessageCodec.SizeOf(message)];
        Assert.Equal(frame.Length, PeerMessageCodec.Write(message, frame));
        Assert.True(PeerMessageCodec.TryRead(frame.AsSpan(4), out PeerMessage read));
        Deliver(from, to => to.Member.Give(SwarmInput.MessageReceived(to.Slot, read)));
    }

    public void SendBlock(TestMember from, BlockRef block, Hash256 leaf) =>
        Deliver(from, to => to.Member.Give(SwarmInput.BlockReceived(to.Slot, block, leaf, to.Member.NewHandle(block, leaf))));

    /// <summary>By order of the session: it is told at once, the other side when the news arrives, after what was sent before.</summary>
    public void Close(TestMember by, CloseReason reason)
    {
        Deliver(by, to => Lose(to, CloseReason.Lost));
        End own = EndOf(by);
        own.IsShut = true;
        _swarm.At(TimeSpan.FromMilliseconds(1), () => Lose(own, reason));
    }

    /// <summary>The member is gone: the other side notices after a while.</summary>
    public void Break(TestMember gone)
    {
        EndOf(gone).IsLost = true;
        End other = EndOf(Other(gone));
        _swarm.At(TimeSpan.FromMilliseconds(200), () => Lose(other, CloseReason.Lost));
    }

    private End EndOf(TestMember member) => member == _opener.Member ? _opener : _accepter;

    private void Deliver(TestMember from, Action<End> deliver)
    {
        End to = EndOf(Other(from));
        if (EndOf(from).IsShut || EndOf(from).IsLost)
        {
            return;
        }

        Instant arrival = _swarm.Now + _swarm.Latency + TimeSpan.FromTicks(_swarm.Random.Next(2000));
        to.LastArrival = arrival > to.LastArrival ? arrival : to.LastArrival;
        _swarm.AtInstant(to.LastArrival, () =>
        {
            if (!to.IsLost && !to.Member.IsGone)
            {
                deliver(to);
            }
        });
    }

    private static void Lose(End end, CloseReason reason)
    {
        if (!end.IsLost)
        {
            end.IsLost = true;
            end.Member.FreeSlot(end.Slot);
            end.Member.Give(SwarmInput.PeerLost(end.Slot, reason));
        }
    }

    private sealed class End(TestMember member)
    {
        public TestMember Member { get; } = member;

        public PeerSlot Slot { get; set; }

        public Instant LastArrival { get; set; }

        public bool IsShut { get; set; }

        public bool IsLost { get; set; }
    }
}
