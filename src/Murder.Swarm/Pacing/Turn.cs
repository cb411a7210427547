namespace Murder.Swarm;

/// <summary>
/// A peer's place among equals in a round. Scattered (Fibonacci hashing): peers that came one after the other were told of each other, and what
/// is shown to one peer after the other must not all begin in one corner of the swarm.
/// </summary>
internal static class Turn
{
    public static uint Of(int peer) => (uint)peer * 2_654_435_769;
}
