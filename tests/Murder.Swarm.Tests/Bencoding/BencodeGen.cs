using CsCheck;

namespace Murder.Swarm.Tests;

/// <summary>Canonical texts of any shape, and damaged ones.</summary>
internal static class BencodeGen
{
    private static readonly Gen<byte[]> Bytes = Gen.Byte.Array[0, 12];

    private static readonly Gen<Action<BencodeWriter>> Leaf = Gen.OneOf(
        Gen.Long.Select(value => (Action<BencodeWriter>)(writer => writer.WriteInteger(value))),
        Bytes.Select(value => (Action<BencodeWriter>)(writer => writer.WriteString(value))));

    public static Gen<byte[]> Text { get; } = Value(4).Select(write =>
    {
        BencodeWriter writer = new();
        write(writer);
        return writer.ToArray();
    });

    /// <summary>A few bytes replaced, removed or put in.</summary>
    public static Gen<byte[]> Mutated(Gen<byte[]> texts) =>
        Gen.Select(texts, Gen.Select(Gen.Int[0, 2], Gen.Double[0, 1], Gen.OneOf(Gen.Byte, Gen.OneOfConst([.. "0123456789-:ilde"u8]))).Array[1, 4]).Select((text, edits) =>
        {
            List<byte> bytes = [.. text];
            foreach ((int kind, double where, byte value) in edits)
            {
                int at = (int)(where * bytes.Count);
                if (kind == 0)
                {
                    bytes.Insert(at, value);
                }
                else if (at < bytes.Count && kind == 1)
                {
                    bytes[at] = value;
                }
                else if (at < bytes.Count)
                {
                    bytes.RemoveAt(at);
                }
            }

            return bytes.ToArray();
        });

    public static void Copy(ref BencodeReader reader, BencodeWriter writer)
    {
        if (reader.TryReadInteger(out long integer))
        {
            writer.WriteInteger(integer);
        }
        else if (reader.TryReadString(out ReadOnlySpan<byte> text))
        {
            writer.WriteString(text);
        }
        else if (reader.TryEnterList())
        {
            writer.BeginList();
            while (!reader.TryLeaveList())
            {
                Copy(ref reader, writer);
            }

            writer.End();
        }
        else if (reader.TryEnterDictionary())
        {
            writer.BeginDictionary();
            while (reader.TryReadKey(out ReadOnlySpan<byte> key))
            {
                writer.WriteKey(key);
                Copy(ref reader, writer);
            }

            writer.End();
        }
    }

    private static Gen<Action<BencodeWriter>> Value(int depth) => depth == 0
        ? Leaf
        : Gen.OneOf(
            Leaf,
            Value(depth - 1).Array[0, 4].Select(items => (Action<BencodeWriter>)(writer =>
            {
                writer.BeginList();
                Array.ForEach(items, item => item(writer));
                writer.End();
            })),
            Gen.Select(Bytes, Value(depth - 1)).Array[0, 4].Select(pairs => (Action<BencodeWriter>)(writer =>
            {
                writer.BeginDictionary();
                foreach ((byte[] key, Action<BencodeWriter> value) in pairs.DistinctBy(pair => Convert.ToHexString(pair.Item1)).OrderBy(pair => Convert.ToHexString(pair.Item1), StringComparer.Ordinal))
                {
                    writer.WriteKey(key);
                    value(writer);
                }

                writer.End();
            })));
}
