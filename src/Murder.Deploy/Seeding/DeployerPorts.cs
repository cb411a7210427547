namespace Murder.Deploy;

/// <summary>The TCP ports of the deploying machine that hosts must reach.</summary>
/// <param name="Seeder">the swarm port: <c>MurderPort</c> or one of the eight after it, unless all are taken or no host is remote</param>
/// <param name="Tracker">chosen by the system</param>
public sealed record DeployerPorts(int Seeder, int Tracker);
