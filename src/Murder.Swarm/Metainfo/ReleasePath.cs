using System.Text;

namespace Murder.Swarm;

/// <summary>
/// What a path inside a release may look like: relative, '/'-separated, the same file on every system and never outside the release. A
/// path that passes may be appended to a folder's path as it is. Refusals are the second half of a sentence that began with the path.
/// </summary>
public static class ReleasePath
{
    /// <summary>Bytes of UTF-8 in one component: what Linux file systems hold.</summary>
    public const int ComponentBytesMax = 255;

    /// <summary>Bytes of UTF-8 in a whole path: PATH_MAX of Linux.</summary>
    public const int PathBytesMax = 4096;

    /// <summary>Components of a path.</summary>
    public const int DepthMax = 64;

    /// <summary>Null when the path may be used, else why not.</summary>
    public static string? Refuse(string path)
    {
        if (path.Length == 0)
        {
            return "is empty";
        }

        if (path.Length > PathBytesMax || Encoding.UTF8.GetByteCount(path) > PathBytesMax)
        {
            return $"is longer than {PathBytesMax} bytes";
        }

        int depth = 0;
        foreach (Range component in path.AsSpan().Split('/'))
        {
            if (++depth > DepthMax)
            {
                return $"is deeper than {DepthMax} folders";
            }

            if (RefuseComponent(path.AsSpan(component)) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    /// <summary>Null when a file or folder may have this name, else why not.</summary>
    public static string? RefuseComponent(ReadOnlySpan<char> component)
    {
        if (component.IsEmpty)
        {
            return "is absolute or has an empty component";
        }

        if (component is "." or "..")
        {
            return "has a '.' or '..' component";
        }

        if (component.Length > ComponentBytesMax || Encoding.UTF8.GetByteCount(component) > ComponentBytesMax)
        {
            return $"has a component of more than {ComponentBytesMax} bytes";
        }

        foreach (Rune rune in component.EnumerateRunes())
        {
            // A lone surrogate comes out as the replacement character: so does a file name that is not UTF-8 when .NET reads it.
            if (rune == Rune.ReplacementChar)
            {
                return "is not valid UTF-8";
            }

            if (Rune.IsControl(rune))
            {
                return "has a control character";
            }

            if (rune.Value is '/' or '\\' or ':')
            {
                return $"has a '{rune}', which separates paths or streams on some systems";
            }
        }

        return null;
    }

    /// <summary>A path of anybody's, fit to stand in a message: no control characters, not longer than a line.</summary>
    public static string Printable(string path)
    {
        const int CharsMax = 200;
        string text = path.Length <= CharsMax ? path : path[..CharsMax] + "…";
        return string.Create(text.Length, text, static (characters, from) =>
        {
            for (int at = 0; at < characters.Length; at++)
            {
                characters[at] = char.IsControl(from[at]) ? '?' : from[at];
            }
        });
    }

    /// <summary>
    /// The target of a link, told relative to the release instead of the link's folder (BEP 47). Null when it is absolute, leaves the release
    /// or is the release itself. Purely by the text: the caller sees to it that no '..' follows a component that is itself a link.
    /// </summary>
    /// <param name="linkPath">a valid path</param>
    /// <param name="linkText">what the link holds, '/'-separated</param>
    public static string? ResolveLink(string linkPath, string linkText)
    {
        if (linkText.StartsWith('/'))
        {
            return null;
        }

        List<string> components = [.. linkPath.Split('/')[..^1]];
        foreach (string component in linkText.Split('/'))
        {
            if (component == "..")
            {
                if (components.Count == 0)
                {
                    return null;
                }

                components.RemoveAt(components.Count - 1);
            }
            else if (component is not ("" or "."))
            {
                components.Add(component);
            }
        }

        return components.Count == 0 ? null : string.Join('/', components);
    }
}
