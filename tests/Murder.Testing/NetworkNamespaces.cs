namespace Murder.Testing;

/// <summary>Networks of their own for hosts of a test.</summary>
public static class NetworkNamespaces
{
    /// <summary>They can be made here: as root, and where the kernel (or the container) lets one.</summary>
    public static bool CanBe { get; } = Environment.IsPrivilegedProcess && CanMake();

    private static bool CanMake()
    {
        string name = $"murder-probe-{Environment.ProcessId}";
        return Command.TryRun("ip", "netns", "add", name) is not null && Command.TryRun("ip", "netns", "delete", name) is not null;
    }
}
