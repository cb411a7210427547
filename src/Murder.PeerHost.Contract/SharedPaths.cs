using System.Text.Json;
using System.Text.Json.Serialization;

namespace Murder.PeerHost.Contract;

/// <summary>What releases of an application share, none of it in another; equal when they are the same in the same order. Does not change.</summary>
[JsonConverter(typeof(SharedPathsJsonConverter))]
public sealed class SharedPaths : IEquatable<SharedPaths>
{
    private const int CountMax = 1000;

    private SharedPaths(IReadOnlyList<SharedPath> all) => All = all;

    public static SharedPaths None { get; } = new([]);

    public IReadOnlyList<SharedPath> All { get; }

    /// <summary>Leaves out what is refused, and says of each why, as a sentence without its full stop.</summary>
    public static SharedPaths Parse(IEnumerable<string> texts, ICollection<string> refusals)
    {
        List<SharedPath> paths = [];
        foreach (string text in texts.Distinct(StringComparer.Ordinal))
        {
            if (!SharedPath.TryParse(text, out SharedPath path, out string refusal))
            {
                refusals.Add($"'{text}' {refusal}");
            }
            else if (paths.Count == CountMax)
            {
                refusals.Add($"there are more than {CountMax} paths");
                break;
            }
            else if (paths.FindIndex(other => other.Meets(path.Path)) is var met and >= 0)
            {
                refusals.Add($"'{text}' and '{paths[met]}' lie in each other");
            }
            else
            {
                paths.Add(path);
            }
        }

        return paths.Count == 0 ? None : new SharedPaths(paths);
    }

    public bool Equals(SharedPaths? other) => other is not null && All.SequenceEqual(other.All);

    public override bool Equals(object? obj) => Equals(obj as SharedPaths);

    public override int GetHashCode() => All.Aggregate(0, HashCode.Combine);

    public override string ToString() => string.Join(';', All);
}

internal sealed class SharedPathsJsonConverter : JsonConverter<SharedPaths>
{
    public override SharedPaths Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        List<string> texts = [];
        List<string> refusals = [];
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("not shared paths");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            texts.Add(reader.GetString()!);
        }

        SharedPaths paths = SharedPaths.Parse(texts, refusals);
        return reader.TokenType == JsonTokenType.EndArray && refusals.Count == 0 ? paths : throw new JsonException("not shared paths");
    }

    public override void Write(Utf8JsonWriter writer, SharedPaths value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (SharedPath path in value.All)
        {
            writer.WriteStringValue(path.ToString());
        }

        writer.WriteEndArray();
    }
}
