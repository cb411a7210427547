using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>An agent as the package has it, by the script that packs the real one.</summary>
internal static class PackedAgent
{
    /// <param name="folder">of its platform</param>
    public static void Write(string folder, byte[] agent)
    {
        using TestDirectory raw = new();
        Command.Run("sh", Repository.Combine("src", "Murder.PeerHost", "pack-agent.sh"), raw.Write("agent", agent), folder);
    }
}
