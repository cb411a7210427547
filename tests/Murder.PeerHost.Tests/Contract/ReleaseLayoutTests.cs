using Murder.PeerHost.Contract;

namespace Murder.PeerHost.Tests.Contract;

public sealed class ReleaseLayoutTests
{
    [Fact]
    public void LiesAsTheReadmeDrawsIt()
    {
        ReleaseLayout layout = new("/srv/shop");
        ReleaseId id = ReleaseId.Parse("1.0.0-20261123T031500Z-5f2a9c1d");

        Assert.Equal("/srv/shop/releases/1.0.0-20261123T031500Z-5f2a9c1d", layout.Release(id));
        Assert.Equal("/srv/shop/releases/1.0.0-20261123T031500Z-5f2a9c1d.partial", layout.Partial(id));
        Assert.Equal("/srv/shop/current", layout.Current);
        Assert.Equal("/srv/shop/shared", layout.Shared);
        Assert.Equal("/srv/shop/.murder/lock", layout.Lock);
        Assert.Equal("/srv/shop/.murder/audit.jsonl", layout.AuditLog);
        Assert.Equal("/srv/shop/.murder/metainfo/1.0.0-20261123T031500Z-5f2a9c1d.torrent", layout.Metainfo(id));
        Assert.Equal("releases/1.0.0-20261123T031500Z-5f2a9c1d", ReleaseLayout.CurrentTarget(id));
    }
}
