namespace Murder.Fuzzing;

/// <summary>A parser of bytes from others. One small class each, listed in <see cref="FuzzTargets"/>.</summary>
internal interface IFuzzTarget
{
    string Name { get; }

    /// <summary>Well-formed inputs that mutation starts from, made in code.</summary>
    IReadOnlyList<byte[]> Corpus { get; }

    /// <summary>Bytes that mean something in this format, to be put in.</summary>
    IReadOnlyList<byte[]> Tokens { get; }

    /// <summary>Bytes that parsing may allocate for an input of this length.</summary>
    long AllocationMax(int inputLength);

    /// <summary>Parses, and checks what must hold of the result; any exception is a find.</summary>
    void Run(byte[] input);
}

/// <summary>A property of a parser does not hold for an input.</summary>
internal sealed class FuzzFindException(string message) : Exception(message);
