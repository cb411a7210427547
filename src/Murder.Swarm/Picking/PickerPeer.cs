namespace Murder.Swarm;

/// <summary>What the picker knows of one peer.</summary>
internal sealed class PickerPeer(int index, int pieceCount, RequestPipe pipe)
{
    public int Index { get; } = index;

    public Bitfield Has { get; set; } = new(pieceCount);

    /// <summary>Counted once for all pieces, not at each; a peer that becomes a seed piece by piece is not.</summary>
    public bool IsCountedAsSeed { get; set; }

    /// <summary>Pieces it has that we have not stored.</summary>
    public int WantedCount { get; set; }

    public RequestPipe Pipe { get; } = pipe;

    /// <summary>True when it is in our zone, false when it is in another; null when it has not said.</summary>
    public bool? IsNear { get; set; }

    /// <summary>What it was asked for was taken back, and it has sent nothing since.</summary>
    public bool IsSilent { get; set; }

    public bool IsAtHand => IsNear == true && !IsSilent;

    /// <summary>The picker's release count when this peer had no free piece: no use to look again before it changes.</summary>
    public long NothingFreeAt { get; set; } = -1;
}
