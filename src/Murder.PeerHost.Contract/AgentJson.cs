using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Murder.PeerHost.Contract;

/// <summary>
/// Source-generated JSON of the control channel (the agent is compiled ahead of time: no reflection). Each line is an object whose first member,
/// <c>type</c>, tells what it is. A member that is missing, or null where the type says it is not, makes the line unreadable: nobody behind this
/// class meets half a command.
/// <para>
/// Which type a line is of is looked up here: the serializer's own way builds what it knows of all of them before it reads or writes the first, and that was a
/// quarter of what an agent did until its hello. A second <c>type</c> is passed over like any member that nobody knows.
/// </para>
/// </summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PingCommand))]
[JsonSerializable(typeof(FetchCommand))]
[JsonSerializable(typeof(SeedCommand))]
[JsonSerializable(typeof(LockCommand))]
[JsonSerializable(typeof(ActivateCommand))]
[JsonSerializable(typeof(StatusCommand))]
[JsonSerializable(typeof(SurveyCommand))]
[JsonSerializable(typeof(ReachCommand))]
[JsonSerializable(typeof(PruneCommand))]
[JsonSerializable(typeof(AnnouncedCommand))]
[JsonSerializable(typeof(MeetCommand))]
[JsonSerializable(typeof(StopCommand))]
[JsonSerializable(typeof(AbortCommand))]
[JsonSerializable(typeof(OfferCommand))]
[JsonSerializable(typeof(AgentHello))]
[JsonSerializable(typeof(AgentPong))]
[JsonSerializable(typeof(AgentProgress))]
[JsonSerializable(typeof(AgentAnnounce))]
[JsonSerializable(typeof(AgentWorking))]
[JsonSerializable(typeof(AgentPeerBanned))]
[JsonSerializable(typeof(AgentStaged))]
[JsonSerializable(typeof(AgentSeeding))]
[JsonSerializable(typeof(AgentUploaded))]
[JsonSerializable(typeof(AgentLocked))]
[JsonSerializable(typeof(AgentSwitched))]
[JsonSerializable(typeof(AgentActivated))]
[JsonSerializable(typeof(AgentStatus))]
[JsonSerializable(typeof(AgentSurveyed))]
[JsonSerializable(typeof(AgentReached))]
[JsonSerializable(typeof(AgentPruned))]
[JsonSerializable(typeof(AgentNotPruned))]
[JsonSerializable(typeof(AgentFailed))]
[JsonSerializable(typeof(AgentBye))]
[JsonSerializable(typeof(AgentOffered))]
public sealed partial class AgentJson : JsonSerializerContext
{
    private static readonly Kind[] s_commands =
    [
        Of("ping", json => json.PingCommand),
        Of("fetch", json => json.FetchCommand),
        Of("seed", json => json.SeedCommand),
        Of("lock", json => json.LockCommand),
        Of("activate", json => json.ActivateCommand),
        Of("status", json => json.StatusCommand),
        Of("survey", json => json.SurveyCommand),
        Of("reach", json => json.ReachCommand),
        Of("prune", json => json.PruneCommand),
        Of("announced", json => json.AnnouncedCommand),
        Of("meet", json => json.MeetCommand),
        Of("stop", json => json.StopCommand),
        Of("abort", json => json.AbortCommand),
        Of("offer", json => json.OfferCommand),
    ];

    private static readonly Kind[] s_events =
    [
        Of("hello", json => json.AgentHello),
        Of("pong", json => json.AgentPong),
        Of("progress", json => json.AgentProgress),
        Of("announce", json => json.AgentAnnounce),
        Of("working", json => json.AgentWorking),
        Of("peerBanned", json => json.AgentPeerBanned),
        Of("staged", json => json.AgentStaged),
        Of("seeding", json => json.AgentSeeding),
        Of("uploaded", json => json.AgentUploaded),
        Of("locked", json => json.AgentLocked),
        Of("switched", json => json.AgentSwitched),
        Of("activated", json => json.AgentActivated),
        Of("status", json => json.AgentStatus),
        Of("surveyed", json => json.AgentSurveyed),
        Of("reached", json => json.AgentReached),
        Of("pruned", json => json.AgentPruned),
        Of("notPruned", json => json.AgentNotPruned),
        Of("failed", json => json.AgentFailed),
        Of("bye", json => json.AgentBye),
        Of("offered", json => json.AgentOffered),
    ];

    /// <summary>One line, without its line feed.</summary>
    public static byte[] Write(AgentCommand command) => Write(command, s_commands);

    /// <summary>One line, without its line feed.</summary>
    public static byte[] Write(AgentEvent agentEvent) => Write(agentEvent, s_events);

    /// <summary>Null when the line is not a command of this protocol version.</summary>
    public static AgentCommand? ReadCommand(ReadOnlySpan<byte> line) => (AgentCommand?)Read(line, s_commands);

    /// <summary>Null when the line is not an event of this protocol version.</summary>
    public static AgentEvent? ReadEvent(ReadOnlySpan<byte> line) => (AgentEvent?)Read(line, s_events);

    private static byte[] Write(object message, Kind[] kinds)
    {
        Kind kind = Array.Find(kinds, kind => kind.Type == message.GetType()) ?? throw new ArgumentException($"{message.GetType()} has no name on the channel");
        ReadOnlySpan<byte> members = JsonSerializer.SerializeToUtf8Bytes(message, kind.Json(Default)).AsSpan(1); // behind its brace
        return [.. "{\"type\":\""u8, .. Encoding.ASCII.GetBytes(kind.Name), .. members is [(byte)'}'] ? "\""u8 : "\","u8, .. members];
    }

    private static object? Read(ReadOnlySpan<byte> line, Kind[] kinds)
    {
        try
        {
            Utf8JsonReader reader = new(line);
            if (!(reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName
                && reader.ValueTextEquals("type"u8) && reader.Read() && reader.TokenType == JsonTokenType.String))
            {
                return null;
            }

            foreach (Kind kind in kinds)
            {
                if (reader.ValueTextEquals(kind.Name))
                {
                    return JsonSerializer.Deserialize(line, kind.Json(Default));
                }
            }

            return null;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            return null; // expected: anything may stand on a line, half a character as an escape too
        }
    }

    private static Kind Of<T>(string name, Func<AgentJson, JsonTypeInfo<T>> json) => new(name, typeof(T), json);

    /// <param name="Name">value of its member <c>type</c></param>
    /// <param name="Json">made when the first of it is read or written</param>
    private sealed record Kind(string Name, Type Type, Func<AgentJson, JsonTypeInfo> Json);
}
