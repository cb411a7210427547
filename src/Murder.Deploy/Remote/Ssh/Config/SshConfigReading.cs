namespace Murder.Deploy;

/// <summary>What the files of ssh's configuration say of a host.</summary>
/// <param name="Others">all else that counts for the host, a line each: hosts of which it is the same differ in nothing but their names, ports and users</param>
internal sealed record SshConfigReading(string HostName, string Port, string User, string Others);
