using Murder.Swarm;

namespace Murder.Fuzzing;

/// <summary>Whatever the reader accepts is canonical: written again it is the same bytes.</summary>
internal sealed class BencodeTarget : IFuzzTarget
{
    public string Name => "bencode";

    public IReadOnlyList<byte[]> Corpus { get; } =
    [
        "i-42e"u8.ToArray(),
        "4:spam"u8.ToArray(),
        "l4:spami0el1:aeded1:bi1eee"u8.ToArray(),
        "d8:completei3e10:incompletei0e8:intervali2e5:peers12:abcdefghijkle"u8.ToArray(),
        "d1:md11:ut_metadatai3ee1:pi6881e4:reqqi500ee"u8.ToArray(),
    ];

    public IReadOnlyList<byte[]> Tokens { get; } =
    [
        "i"u8.ToArray(), "e"u8.ToArray(), "l"u8.ToArray(), "d"u8.ToArray(), "0:"u8.ToArray(), "-"u8.ToArray(), "i-0e"u8.ToArray(), "i00e"u8.ToArray(),
        "9223372036854775807"u8.ToArray(), "9223372036854775808"u8.ToArray(), "18446744073709551616"u8.ToArray(), "2147483648:"u8.ToArray(),
        [.. Enumerable.Repeat((byte)'l', 200)], [.. Enumerable.Repeat((byte)'e', 200)],
    ];

    public long AllocationMax(int inputLength) => (64 * 1024) + (64L * inputLength);

    public void Run(byte[] input)
    {
        if (!BencodeReader.TryCreate(input, out BencodeReader reader, out string? error))
        {
            if (error is null)
            {
                throw new FuzzFindException("a refusal without a reason");
            }

            return;
        }

        BencodeWriter writer = new();
        Copy(ref reader, writer);
        if (!writer.ToArray().AsSpan().SequenceEqual(input))
        {
            throw new FuzzFindException("an accepted text is not canonical");
        }
    }

    private static void Copy(ref BencodeReader reader, BencodeWriter writer)
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
}
