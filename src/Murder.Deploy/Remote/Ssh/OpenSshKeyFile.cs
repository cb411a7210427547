using System.Buffers.Binary;
using System.Text;

namespace Murder.Deploy;

/// <summary>What a private key in OpenSSH's format (PROTOCOL.key) tells without its passphrase.</summary>
internal static class OpenSshKeyFile
{
    /// <summary>What is longer is no key.</summary>
    public const int BytesMax = 64 * 1024;

    private const string Begin = "-----BEGIN OPENSSH PRIVATE KEY-----";
    private const string End = "-----END OPENSSH PRIVATE KEY-----";

    /// <summary>Null when it is none, or cannot be read.</summary>
    public static byte[]? TryReadPublicKey(string path)
    {
        try
        {
            if (new FileInfo(path).Length > BytesMax)
            {
                return null;
            }

            string text = File.ReadAllText(path, Encoding.UTF8);
            int begin = text.IndexOf(Begin, StringComparison.Ordinal), end = text.IndexOf(End, StringComparison.Ordinal);
            return begin < 0 || end < begin ? null : TryParse(Convert.FromBase64String(text[(begin + Begin.Length)..end]));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null; // expected: any file may be named as a key
        }
    }

    /// <summary>A word with its end, then strings with their lengths before them: cipher, key derivation and its options, a number of keys, and the first public key.</summary>
    private static byte[]? TryParse(ReadOnlySpan<byte> content)
    {
        ReadOnlySpan<byte> word = "openssh-key-v1\0"u8;
        if (!content.StartsWith(word))
        {
            return null;
        }

        content = content[word.Length..];
        return TryTake(ref content, out _) && TryTake(ref content, out _) && TryTake(ref content, out _)
            && content.Length >= sizeof(uint) && TryTake(ref content, out ReadOnlySpan<byte> key, skip: sizeof(uint)) ? key.ToArray() : null;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> content, out ReadOnlySpan<byte> text, int skip = 0)
    {
        content = content[skip..];
        text = default;
        if (content.Length < sizeof(uint) || BinaryPrimitives.ReadUInt32BigEndian(content) is var length && length > content.Length - sizeof(uint))
        {
            return false;
        }

        text = content.Slice(sizeof(uint), (int)length);
        content = content[(sizeof(uint) + (int)length)..];
        return true;
    }
}
