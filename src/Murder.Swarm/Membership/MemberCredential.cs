namespace Murder.Swarm;

/// <summary>
/// What makes its holder a member of one deploy's swarm. Whoever has it is that member for as long as the certificate is valid, so it
/// travels over the control channel only, is never written anywhere, and prints as redacted.
/// </summary>
public sealed record MemberCredential
{
    /// <summary>Certificate of the deploy's authority (X.509, DER), which issued those of all members. Nobody else's are accepted.</summary>
    public required byte[] Authority { get; init; }

    /// <summary>The member's own certificate (X.509, DER).</summary>
    public required byte[] Certificate { get; init; }

    /// <summary>PKCS #8.</summary>
    public required byte[] PrivateKey { get; init; }

    /// <summary>The deployer's clock when this was issued, in Unix time. Hosts' clocks may be wrong: the holder counts from here.</summary>
    public required long IssuedAtMilliseconds { get; init; }

    public override string ToString() => "(redacted)";
}
