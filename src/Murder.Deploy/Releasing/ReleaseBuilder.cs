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
