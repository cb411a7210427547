using System.Text.Json.Serialization;

namespace Murder.PeerHost;

/// <summary>Source-generated JSON of what the agent keeps on the host: lock and audit log.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LockHolder))]
[JsonSerializable(typeof(AuditEntry))]
internal sealed partial class HostJson : JsonSerializerContext;
