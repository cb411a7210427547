using System.Collections;

namespace Murder.PeerHost;

/// <summary>
/// The variables that the login gave this agent. The agent changes its own, to trust nothing of its host; the commands of a release are to find
/// what the login has.
/// </summary>
internal sealed class LoginEnvironment(IReadOnlyDictionary<string, string> variables)
{
    /// <summary>In which the bootstrap tells an agent where its own file is: no variable of the login's.</summary>
    private const string AgentPathName = "MURDER_AGENT";

    /// <summary>In which it tells whether it has looked at what is in that file.</summary>
    private const string AgentIsCheckedName = "MURDER_AGENT_CHECKED";

    private readonly Dictionary<string, string> _variables = new(variables.Where(pair => pair.Key is not (AgentPathName or AgentIsCheckedName)), StringComparer.Ordinal);

    /// <summary>Of this agent's file; null when no bootstrap started it.</summary>
    public string? AgentPath { get; } = variables.GetValueOrDefault(AgentPathName);

    /// <summary>Its file was found to be what the deployer sent: nobody has to be told what it is.</summary>
    public bool IsAgentChecked { get; } = variables.GetValueOrDefault(AgentIsCheckedName) is { Length: > 0 };

    /// <summary>Those of this process; to be called before it changes any.</summary>
    public static LoginEnvironment Capture() =>
        new(Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!, StringComparer.Ordinal));

    /// <summary>As <c>NAME=VALUE</c>, with more variables in front of those of the login.</summary>
    public IReadOnlyList<string> With(IReadOnlyDictionary<string, string> more) =>
        [.. _variables.Where(pair => !more.ContainsKey(pair.Key)).Concat(more).Select(pair => $"{pair.Key}={pair.Value}")];
}
