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
/// quarter of what an agent did until its hello.
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
        new("ping", typeof(PingCommand), json => json.PingCommand),
        new("fetch", typeof(FetchCommand), json => json.FetchCommand),
        new("seed", typeof(SeedCommand), json => json.SeedCommand),
        new("lock", typeof(LockCommand), json => json.LockCommand),
        new("activate", typeof(ActivateCommand), json => json.ActivateCommand),
        new("status", typeof(StatusCommand), json => json.StatusCommand),
        new("survey", typeof(SurveyCommand), json => json.SurveyCommand),
        new("reach", typeof(ReachCommand), json => json.ReachCommand),
        new("prune", typeof(PruneCommand), json => json.PruneCommand),
        new("announced", typeof(AnnouncedCommand), json => json.AnnouncedCommand),
        new("meet", typeof(MeetCommand), json => json.MeetCommand),
        new("stop", typeof(StopCommand), json => json.StopCommand),
        new("abort", typeof(AbortCommand), json => json.AbortCommand),
        new("offer", typeof(OfferCommand), json => json.OfferCommand),
    ];

    private static readonly Kind[] s_events =
    [
        new("hello", typeof(AgentHello), json => json.AgentHello),
        new("pong", typeof(AgentPong), json => json.AgentPong),
        new("progress", typeof(AgentProgress), json => json.AgentProgress),
        new("announce", typeof(AgentAnnounce), json => json.AgentAnnounce),
        new("working", typeof(AgentWorking), json => json.AgentWorking),
        new("peerBanned", typeof(AgentPeerBanned), json => json.AgentPeerBanned),
        new("staged", typeof(AgentStaged), json => json.AgentStaged),
        new("seeding", typeof(AgentSeeding), json => json.AgentSeeding),
        new("uploaded", typeof(AgentUploaded), json => json.AgentUploaded),
        new("locked", typeof(AgentLocked), json => json.AgentLocked),
        new("switched", typeof(AgentSwitched), json => json.AgentSwitched),
        new("activated", typeof(AgentActivated), json => json.AgentActivated),
        new("status", typeof(AgentStatus), json => json.AgentStatus),
        new("surveyed", typeof(AgentSurveyed), json => json.AgentSurveyed),
        new("reached", typeof(AgentReached), json => json.AgentReached),
        new("pruned", typeof(AgentPruned), json => json.AgentPruned),
        new("notPruned", typeof(AgentNotPruned), json => json.AgentNotPruned),
        new("failed", typeof(AgentFailed), json => json.AgentFailed),
        new("bye", typeof(AgentBye), json => json.AgentBye),
        new("offered", typeof(AgentOffered), json => json.AgentOffered),
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
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return null; // expected: anything may stand on a line
        }
    }

    /// <param name="Name">value of its member <c>type</c></param>
    /// <param name="Json">made when the first of it is read or written</param>
    private sealed record Kind(string Name, Type Type, Func<AgentJson, JsonTypeInfo> Json);
}
