namespace Murder.Swarm;

/// <summary>
/// The symlinks of a release, followed as a file system would. Targets are relative to the release and have no '..', so none can
/// leave it; what is left to find are circles, through other links on the way and through case folding.
/// </summary>
internal sealed class SymlinkMap
{
    public const int LinksMax = 10_000;

    /// <summary>Links followed to reach one target: where Linux answers ELOOP.</summary>
    private const int HopsMax = 40;

    private readonly List<(string Path, string Target)> _links = [];
    private readonly Node _root = new();

    public int Count => _links.Count;

    public void Add(string path, string target)
    {
        _links.Add((path, target));
        Node node = _root;
        foreach (string component in path.Split('/'))
        {
            node.Children ??= new Dictionary<string, Node>(StringComparer.OrdinalIgnoreCase);
            if (!node.Children.TryGetValue(component, out Node? child))
            {
                node.Children.Add(component, child = new Node());
            }

            node = child;
        }

        node.Target = target;
    }

    /// <summary>Null when every link leads somewhere in the release, be it to nothing; else one sentence.</summary>
    public string? Refuse()
    {
        foreach ((string path, string target) in _links)
        {
            if (RefuseChain(path, target) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private string? RefuseChain(string path, string target)
    {
        for (int hop = 0; hop < HopsMax; hop++)
        {
            if (Follow(target) is not { } next)
            {
                return null;
            }

            if (next.Length > ReleasePath.PathBytesMax)
            {
                return $"The symlink '{ReleasePath.Printable(path)}' leads through other links to a path that is too long.";
            }

            target = next;
        }

        return $"The symlink '{ReleasePath.Printable(path)}' leads in a circle, or through more than {HopsMax} other links.";
    }

    /// <summary>The target with the first link on its way replaced by what that points to; null when there is none.</summary>
    private string? Follow(string target)
    {
        Node node = _root;
        int consumed = 0;
        foreach (string component in target.Split('/'))
        {
            if (node.Children is null || !node.Children.TryGetValue(component, out Node? child))
            {
                return null;
            }

            node = child;
            consumed += component.Length;
            if (node.Target is { } linked)
            {
                return linked + target[consumed..];
            }

            consumed++;
        }

        return null;
    }

    private sealed class Node
    {
        public Dictionary<string, Node>? Children { get; set; }

        public string? Target { get; set; }
    }
}
