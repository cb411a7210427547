using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Murder.PeerHost.Contract;

namespace Murder.PeerHost;

/// <summary>Who this agent is and where it runs: what its hello says.</summary>
internal static class AgentIdentity
{
    public static string Version { get; } =
        typeof(AgentIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    public static string Rid { get; } =
        $"{(OperatingSystem.IsLinux() ? "linux" : OperatingSystem.IsMacOS() ? "osx" : "win")}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    /// <summary>What the hello says of it; null when that is no address.</summary>
    public static IPAddress? HostAddress => IPAddress.TryParse(SshConnection.Host, out IPAddress? address) ? address : null;

    private static (string? Deployer, string? Host) SshConnection => ParseSshConnection(Environment.GetEnvironmentVariable("SSH_CONNECTION"));

    public static AgentHello Hello(LoginEnvironment login)
    {
        (string? deployer, string? host) = SshConnection;
        return new AgentHello(AgentProtocol.Version, Version, Environment.ProcessId, login.IsAgentChecked ? "" : Sha256(), Rid, Environment.ProcessorCount, deployer, host)
        {
            LinkBitsPerSecond = HostAddress is { } address ? NetworkLinks.BitsPerSecondAt(address) : null,
            Path = login.AgentPath,
            OwnAddress = NetworkLinks.OwnAddress()?.ToString(),
        };
    }

    /// <summary>sshd(8): client address, client port, server address, server port, separated by blanks.</summary>
    internal static (string? Deployer, string? Host) ParseSshConnection(string? value) =>
        value?.Split(' ') is [var client, _, var server, _] ? (client, server) : (null, null);

    /// <summary>The agent; null for a framework-dependent one, whose process is the dotnet host.</summary>
    public static string? File => RuntimeFeature.IsDynamicCodeSupported ? null : Environment.ProcessPath;

    /// <summary>Half of what an agent does until it says hello.</summary>
    private static string Sha256()
    {
        if (File is not { } path)
        {
            return "";
        }

        using FileStream file = System.IO.File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
