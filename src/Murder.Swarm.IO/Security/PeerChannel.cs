namespace Murder.Swarm.IO;

/// <summary>A connection on which the BitTorrent handshake may be spoken.</summary>
/// <param name="Member">whom the other side's certificate names; null in a swarm without certificates, where anybody may be anybody</param>
internal sealed record PeerChannel(Stream Stream, PeerId? Member)
{
    /// <summary>Takes over the stream; null when the other side does not prove to be a member.</summary>
    /// <param name="security">null for a swarm without certificates</param>
    public static async Task<PeerChannel?> OpenAsync(Stream stream, bool isOutgoing, MemberTls? security, CancellationToken cancellationToken) =>
        security is null
            ? new PeerChannel(stream, Member: null)
            : await security.AuthenticatePeerAsync(stream, isClient: isOutgoing, cancellationToken).ConfigureAwait(false);
}
