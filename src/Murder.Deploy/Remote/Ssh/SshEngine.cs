namespace Murder.Deploy;

/// <summary>Which SSH speaks to the hosts.</summary>
internal enum SshEngine
{
    /// <summary>The package's own, or the system's for a host whose configuration needs that.</summary>
    Auto,

    /// <summary>SSH.NET, which the package brings.</summary>
    SshNet,

    /// <summary>The system's <c>ssh</c>.</summary>
    OpenSsh,
}
