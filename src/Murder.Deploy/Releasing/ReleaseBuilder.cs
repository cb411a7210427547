using Murder.PeerHost.Contract;
using Murder.Swarm;
using Murder.Swarm.IO;

namespace Murder.Deploy;

/// <summary>Reads and hashes a publish folder.</summary>
internal static class ReleaseBuilder
{
    /// <exception cref="DeploymentException">the folder cannot be released; every problem is named</exception>
    public static async Task<Release> BuildAsync(DeploymentSettings settings, DeploymentOptions options, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Metainfo metainfo = await DescribeAsync(settings.PublishDirectory, options.Application, cancellationToken).ConfigureAwait(false);
        RequireSendable(metainfo, AgentProtocol.MetainfoBytesMax);
        RequireRoomFor(options.Shared, metainfo.Files.Select(file => file.Path));
        ReleaseId id = settings.Release.Length > 0 ? ReleaseId.Parse(settings.Release) : IdOf(metainfo, settings, options, now);
        return new Release(id, settings.PublishDirectory, metainfo);
    }

    private static ReleaseId IdOf(Metainfo metainfo, DeploymentSettings settings, DeploymentOptions options, DateTimeOffset now)
    {
        ReleaseMemory memory = new(settings.StateDirectory);
        if (memory.Recall(options.Version, metainfo.InfoHash) is { } known)
        {
            return known;
        }

        ReleaseId made = Release.MakeId(options.Version, now, metainfo.InfoHash);
        memory.Keep(made, options.Version, metainfo.InfoHash);
        return made;
    }

    /// <summary>Found here once, and not on every host when its agent refuses the line.</summary>
    /// <exception cref="DeploymentException"/>
    internal static void RequireSendable(Metainfo metainfo, int bytesMax)
    {
        if (metainfo.Bytes.Length > bytesMax)
        {
            throw new DeploymentException(ReleaseProblems.MetainfoTooLarge(metainfo.Files.Count, metainfo.Bytes.Length, bytesMax));
        }
    }

    /// <summary>A release does not bring what comes from its hosts: what a developer has in that place, passwords perhaps, is not for them.</summary>
    /// <param name="files">paths of the release</param>
    /// <exception cref="DeploymentException"/>
    internal static void RequireRoomFor(SharedPaths shared, IEnumerable<string> files)
    {
        if (shared.All.Count == 0)
        {
            return; // a release may have 100,000 files
        }

        Dictionary<SharedPath, string> taken = [];
        foreach (string file in files)
        {
            foreach (SharedPath path in shared.All.Where(path => path.Meets(file)))
            {
                taken.TryAdd(path, file);
            }
        }

        if (taken.Count > 0)
        {
            throw new DeploymentException([.. taken.Select(pair => ReleaseProblems.SharedPublished(pair.Key.ToString(), pair.Value))]);
        }
    }

    /// <exception cref="DeploymentException">the folder cannot be described; every problem is named</exception>
    public static async Task<Metainfo> DescribeAsync(string publishDirectory, string name, CancellationToken cancellationToken)
    {
        IReadOnlyList<FileToHash> files = PublishDirectory.Read(publishDirectory, cancellationToken);
        int pieceLength = MetainfoBuilder.ChoosePieceLength([.. files.Select(file => file.Length)]);
        try
        {
            IReadOnlyList<HashedFile> hashed = await ReleaseHasher.HashAsync(publishDirectory, files, pieceLength, cancellationToken).ConfigureAwait(false);
            return MetainfoBuilder.Build(name, pieceLength, hashed);
        }
        catch (MetainfoException e)
        {
            throw new DeploymentException(ReleaseProblems.NotDescribable(e));
        }
        catch (StorageException e)
        {
            throw new DeploymentException(ReleaseProblems.ReadFailed(e));
        }
    }
}
