namespace Murder.Swarm;

/// <summary>One peer's view of one torrent.</summary>
public sealed class SwarmSession
{
    public SwarmSession(Metainfo metainfo, Bitfield verified, SwarmOptions options, PeerId self, ulong seed) => throw new NotImplementedException();

    /// <summary>When to call <see cref="HandleTimeout"/>; null when nothing is to be waited for.</summary>
    public Instant? NextTimeout => throw new NotImplementedException();

    public SwarmStats Stats => throw new NotImplementedException();

    public void Handle(in SwarmInput input, Instant now) => throw new NotImplementedException();

    public void HandleTimeout(Instant now) => throw new NotImplementedException();

    public bool TryTake(out SwarmOutput output) => throw new NotImplementedException();
}
