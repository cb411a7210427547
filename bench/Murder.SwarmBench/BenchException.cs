namespace Murder.SwarmBench;

/// <summary>Something the bench needs cannot be had, or a system it measures failed; the message says what.</summary>
internal sealed class BenchException(string message) : Exception(message);
