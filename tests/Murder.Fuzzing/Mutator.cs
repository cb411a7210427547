namespace Murder.Fuzzing;

/// <summary>Makes damaged inputs out of sound ones. The same seed makes the same inputs.</summary>
internal sealed class Mutator(IFuzzTarget target, int seed)
{
    private const int InputLengthMax = 64 * 1024;
    private const int EditsMax = 6;

    private readonly Random _random = new(seed);

    public byte[] Next()
    {
        List<byte> input = [.. Pick(target.Corpus)];
        for (int edits = _random.Next(EditsMax) + 1; edits > 0; edits--)
        {
            Edit(input);
        }

        return [.. input.Take(InputLengthMax)];
    }

    private void Edit(List<byte> input)
    {
        int at = _random.Next(input.Count + 1);
        int length = Math.Min(_random.Next(1, 40), input.Count - at);
        switch (_random.Next(8))
        {
            case 0 when at < input.Count:
                input[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when at < input.Count:
                input[at] = (byte)_random.Next(256);
                break;
            case 2:
                input.RemoveRange(at, length);
                break;
            case 3:
                input.InsertRange(_random.Next(input.Count + 1), input.GetRange(at, length));
                break;
            case 4:
                input.RemoveRange(at, input.Count - at);
                break;
            case 5: // the head of one, the tail of another
                byte[] other = Pick(target.Corpus);
                input.RemoveRange(at, input.Count - at);
                input.AddRange(other.Skip(_random.Next(other.Length + 1)));
                break;
            case 6 when target.Tokens.Count > 0: // in the place of something as long
                byte[] token = Pick(target.Tokens);
                input.RemoveRange(at, Math.Min(token.Length, input.Count - at));
                input.InsertRange(at, token);
                break;
            default:
                input.InsertRange(at, target.Tokens.Count > 0 ? Pick(target.Tokens) : [0]);
                break;
        }
    }

    private byte[] Pick(IReadOnlyList<byte[]> from) => from[_random.Next(from.Count)];
}
