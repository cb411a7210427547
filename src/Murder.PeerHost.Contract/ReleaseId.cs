using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Murder.PeerHost.Contract;

/// <summary>
/// Names one release, and its folder on every host: <c>VERSION-UTCTIME-CONTENTID</c>, as <c>1.4.0-20261123T031500Z-5f2a9c1d</c>. Made only by
/// validation, so it can stand in a path: letters, digits, '.', '-', '_' and '+', at most 128 of them, beginning with a letter or digit.
/// </summary>
[JsonConverter(typeof(ReleaseIdJsonConverter))]
public readonly record struct ReleaseId
{
    /// <summary>Of the middle part, in UTC.</summary>
    public const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    private const int LengthMax = 128;
    private readonly string? _value;

    private ReleaseId(string value) => _value = value;

    public string Value => _value ?? throw new InvalidOperationException("a release id is made by Parse or TryParse");

    /// <summary>The part after the last '-': the beginning of the content's info-hash, the same for every release of the same content.</summary>
    public string ContentId => Value[(Value.LastIndexOf('-') + 1)..];

    /// <summary>The part before it, when it is a UTC time; null when somebody chose an id of another form.</summary>
    public DateTimeOffset? Time
    {
        get
        {
            string[] parts = Value.Split('-');
            return parts.Length >= 2 && DateTimeOffset.TryParseExact(parts[^2], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
                ? time
                : null;
        }
    }

    public static bool TryParse(string? text, out ReleaseId id)
    {
        id = default;
        bool valid = text is { Length: > 0 and <= LengthMax }
            && char.IsAsciiLetterOrDigit(text[0])
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '+')
            && !text.EndsWith(ReleaseLayout.PartialSuffix, StringComparison.Ordinal);
        if (valid)
        {
            id = new ReleaseId(text!);
        }

        return valid;
    }

    /// <exception cref="FormatException">the text is not a release id</exception>
    public static ReleaseId Parse(string text) =>
        TryParse(text, out ReleaseId id) ? id : throw new FormatException($"'{text}' is not a release id");

    public override string ToString() => _value ?? "";
}

internal sealed class ReleaseIdJsonConverter : JsonConverter<ReleaseId>
{
    public override ReleaseId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ReleaseId.TryParse(reader.GetString(), out ReleaseId id) ? id : throw new JsonException("not a release id");

    public override void Write(Utf8JsonWriter writer, ReleaseId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
