using System.Security.Cryptography;
using System.Text;

namespace Murder.Deploy;

/// <summary>The first field of a known_hosts line: which host names it speaks of (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT").</summary>
internal abstract class HostKeyPattern
{
    /// <param name="name">lower case; <c>[host]:port</c> for another port than 22</param>
    public abstract bool Matches(string name);

    /// <summary>Null when the field is malformed; such a line speaks of no host.</summary>
    public static HostKeyPattern? Parse(string field) => field.StartsWith('|') ? ParseHashed(field) : new ListPattern(field);

    private static HashedPattern? ParseHashed(string field)
    {
        string[] parts = field.Split('|'); // "", "1", salt, hash
        if (parts.Length != 4 || parts[1] != "1")
        {
            return null;
        }

        byte[] salt = new byte[HMACSHA1.HashSizeInBytes];
        byte[] hash = new byte[HMACSHA1.HashSizeInBytes];
        bool valid = Convert.TryFromBase64String(parts[2], salt, out int saltLength) && saltLength == salt.Length
            && Convert.TryFromBase64String(parts[3], hash, out int hashLength) && hashLength == hash.Length;
        return valid ? new HashedPattern(salt, hash) : null;
    }

    /// <summary><c>|1|SALT|HASH</c>: HMAC-SHA1 of exactly one name.</summary>
    private sealed class HashedPattern(byte[] salt, byte[] hash) : HostKeyPattern
    {
        public override bool Matches(string name)
        {
            Span<byte> actual = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // SHA-1 is what the file format prescribes; it hides names here and proves nothing.
            HMACSHA1.HashData(salt, Encoding.UTF8.GetBytes(name), actual);
#pragma warning restore CA5350
            return actual.SequenceEqual(hash);
        }
    }

    /// <summary>A comma list of patterns with '*' and '?'; one that begins with '!' and matches takes the line out.</summary>
    private sealed class ListPattern(string list) : HostKeyPattern
    {
        private readonly string[] _patterns = list.ToLowerInvariant().Split(',');

        public override bool Matches(string name)
        {
            bool matched = false;
            foreach (string pattern in _patterns)
            {
                if (pattern.StartsWith('!'))
                {
                    if (Wildcard.Matches(pattern.AsSpan(1), name))
                    {
                        return false;
                    }
                }
                else
                {
                    matched |= Wildcard.Matches(pattern, name);
                }
            }

            return matched;
        }
    }
}
