namespace Murder.Swarm;

/// <summary>
/// A piece that is being fetched: which of its blocks are here, and of how many peers each of the others is asked. Used for one piece after
/// the other, so that fetching allocates nothing.
/// </summary>
/// <param name="blocksMax">of the largest piece</param>
internal sealed class OpenPiece(int blocksMax)
{
    private const byte Here = byte.MaxValue;

    private readonly byte[] _blocks = new byte[blocksMax]; // peers asked, or Here
    private int _searchFrom;

    public int Piece { get; private set; }

    public int BlockCount { get; private set; }

    /// <summary>Blocks that are neither here nor asked of anybody.</summary>
    public int UnaskedCount { get; private set; }

    public int HereCount { get; private set; }

    /// <summary>Blocks asked of at least one peer.</summary>
    public int AskedCount => BlockCount - UnaskedCount - HereCount;

    public bool IsWhole => HereCount == BlockCount;

    /// <summary>Kept by the picker: whether its list of pieces that need asking holds this one.</summary>
    public bool IsListedAsNeedy { get; set; }

    /// <summary>Place in the picker's list of open pieces.</summary>
    public int Place { get; set; }

    /// <summary>Begins with a piece of which nothing is here or asked for.</summary>
    public void Open(int piece, int blockCount)
    {
        Piece = piece;
        BlockCount = blockCount;
        UnaskedCount = blockCount;
        HereCount = 0;
        IsListedAsNeedy = false;
        _searchFrom = 0;
        _blocks.AsSpan(0, blockCount).Clear();
    }

    public bool IsHere(int block) => _blocks[block] == Here;

    /// <summary>Of how many peers the block is asked; 0 when it is here.</summary>
    public int AskedOf(int block) => IsHere(block) ? 0 : _blocks[block];

    /// <summary>The first block that is neither here nor asked of anybody; there must be one.</summary>
    public int NextUnasked()
    {
        while (_blocks[_searchFrom] != 0)
        {
            _searchFrom++;
        }

        return _searchFrom;
    }

    public void Ask(int block)
    {
        UnaskedCount -= _blocks[block]++ == 0 ? 1 : 0;
    }

    /// <summary>One peer fewer is asked; true when that leaves nobody.</summary>
    public bool Unask(int block)
    {
        if (IsHere(block) || --_blocks[block] > 0)
        {
            return false;
        }

        Miss(block);
        return true;
    }

    public void Arrive(int block)
    {
        UnaskedCount -= _blocks[block] == 0 ? 1 : 0;
        _blocks[block] = Here;
        HereCount++;
    }

    /// <summary>The block that was here was wrong.</summary>
    public void Lose(int block)
    {
        _blocks[block] = 0;
        HereCount--;
        Miss(block);
    }

    private void Miss(int block)
    {
        UnaskedCount++;
        _searchFrom = Math.Min(_searchFrom, block);
    }
}
