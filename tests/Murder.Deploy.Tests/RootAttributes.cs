namespace Murder.Deploy.Tests;

/// <summary>A test that mounts file systems, or makes logins: only root may.</summary>
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = RootOnly.Reason;
}

/// <inheritdoc cref="RootFactAttribute"/>
internal sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute() => Skip = RootOnly.Reason;
}

internal static class RootOnly
{
    public static string? Reason => Environment.IsPrivilegedProcess ? null : "only root may do what it takes";
}
