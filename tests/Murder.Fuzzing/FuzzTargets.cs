namespace Murder.Fuzzing;

/// <summary>Every parser that is fuzzed.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<IFuzzTarget> All { get; } = [new BencodeTarget(), new MetainfoTarget(), new WireTarget(), new AnnounceTarget()];
}
