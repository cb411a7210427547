using System.Text.Json;
using System.Text.Json.Serialization;

namespace Murder.PeerHost.Contract;

/// <summary>
/// Source-generated JSON of the control channel (the agent is compiled ahead of time: no reflection). A member that is missing, or null where
/// the type says it is not, makes the line unreadable: nobody behind this class meets half a command.
/// </summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AgentCommand))]
[JsonSerializable(typeof(AgentEvent))]
public sealed partial class AgentJson : JsonSerializerContext
{
    /// <summary>One line, without its line feed.</summary>
    public static byte[] Write(AgentCommand command) => JsonSerializer.SerializeToUtf8Bytes(command, Default.AgentCommand);

    /// <summary>One line, without its line feed.</summary>
    public static byte[] Write(AgentEvent agentEvent) => JsonSerializer.SerializeToUtf8Bytes(agentEvent, Default.AgentEvent);

    /// <summary>Null when the line is not a command of this protocol version.</summary>
    public static AgentCommand? ReadCommand(ReadOnlySpan<byte> line) => Read(line, Default.AgentCommand);

    /// <summary>Null when the line is not an event of this protocol version.</summary>
    public static AgentEvent? ReadEvent(ReadOnlySpan<byte> line) => Read(line, Default.AgentEvent);

    private static T? Read<T>(ReadOnlySpan<byte> line, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(line, type);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return null; // expected: anything may stand on a line
        }
    }
}
