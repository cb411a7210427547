using System.Text.Json;

namespace Murder.Deploy.Tests;

/// <summary>As much of JSON Schema as docs/report.schema.json uses; what it does not know it refuses, so that no rule is passed over.</summary>
internal static class JsonSchema
{
    /// <summary>What is wrong with a value, and where; also a member that the schema does not name, since ours is to name all that we write.</summary>
    public static IReadOnlyList<string> Validate(JsonElement schema, JsonElement value, string at = "$")
    {
        List<string> wrong = [];
        foreach (JsonProperty rule in schema.EnumerateObject())
        {
            switch (rule.Name)
            {
                case "$schema" or "title" or "description":
                    break;
                case "type" when !TypesOf(rule.Value).Any(type => Is(value, type)):
                    wrong.Add($"{at} is {value.ValueKind}, not {rule.Value}");
                    break;
                case "const" when !JsonElement.DeepEquals(rule.Value, value):
                case "enum" when !rule.Value.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)):
                    wrong.Add($"{at} is {value}, not of {rule.Value}");
                    break;
                case "minimum" when value.ValueKind == JsonValueKind.Number && value.GetDouble() < rule.Value.GetDouble():
                    wrong.Add($"{at} is {value}, less than {rule.Value}");
                    break;
                case "required" when value.ValueKind == JsonValueKind.Object:
                    wrong.AddRange(rule.Value.EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _)).Select(name => $"{at}.{name} is missing"));
                    break;
                case "properties" when value.ValueKind == JsonValueKind.Object:
                    wrong.AddRange(value.EnumerateObject().SelectMany(member => rule.Value.TryGetProperty(member.Name, out JsonElement of)
                        ? Validate(of, member.Value, $"{at}.{member.Name}")
                        : [$"{at}.{member.Name} is not in the schema"]));
                    break;
                case "items" when value.ValueKind == JsonValueKind.Array:
                    wrong.AddRange(value.EnumerateArray().SelectMany((item, index) => Validate(rule.Value, item, $"{at}[{index}]")));
                    break;
                case "type" or "const" or "enum" or "minimum" or "required" or "properties" or "items":
                    break;
                default:
                    wrong.Add($"the schema has a rule that this test does not know: {rule.Name}");
                    break;
            }
        }

        return wrong;
    }

    private static IEnumerable<string> TypesOf(JsonElement types) =>
        types.ValueKind == JsonValueKind.Array ? types.EnumerateArray().Select(type => type.GetString()!) : [types.GetString()!];

    private static bool Is(JsonElement value, string type) => (type, value.ValueKind) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("null", JsonValueKind.Null) or ("number", JsonValueKind.Number) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => !value.GetRawText().AsSpan().ContainsAny('.', 'e', 'E'),
        _ => false,
    };
}
