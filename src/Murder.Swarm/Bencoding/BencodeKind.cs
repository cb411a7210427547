namespace Murder.Swarm;

#pragma warning disable CA1720 // the names of BEP 3, which knows one kind of integer and one of string
/// <summary>What stands next in a bencoded text (BEP 3).</summary>
public enum BencodeKind
{
    /// <summary>The end of the list or dictionary that is being read, or of the whole text.</summary>
    End,
    Integer,
    String,
    List,
    Dictionary,
}
