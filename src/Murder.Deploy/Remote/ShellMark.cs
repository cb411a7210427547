using System.Security.Cryptography;

namespace Murder.Deploy;

/// <summary>A word that no host says by itself: what we have a shell say begins with it, whatever the login greets with before.</summary>
internal static class ShellMark
{
    /// <summary>Lines of others before ours, at most.</summary>
    public const int NoiseLinesMax = 2000;

    /// <summary>Takes no part in anything that must be repeatable.</summary>
    public static string Next() => "MURDER1-" + RandomNumberGenerator.GetHexString(16, lowercase: true);
}
