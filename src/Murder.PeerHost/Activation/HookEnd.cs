namespace Murder.PeerHost;

/// <summary>How a command ended.</summary>
/// <param name="Signal">the number of the signal that ended it; 0 when it exited by itself</param>
/// <param name="LastLines">what it said last, on one line; empty when it said nothing</param>
internal sealed record HookEnd(int ExitCode, int Signal, string LastLines)
{
    private const int SignalMask = 0x7F;

    public bool IsGood => ExitCode == 0 && Signal == 0;

    /// <param name="status">as wait(2) gives it</param>
    public static HookEnd FromStatus(int status, string lastLines) => new((status >> 8) & 0xFF, status & SignalMask, lastLines);

    public override string ToString() =>
        (Signal == 0 ? $"ended with exit code {ExitCode}" : $"was ended by signal {Signal}") + (LastLines.Length > 0 ? $": {LastLines}" : "");
}
