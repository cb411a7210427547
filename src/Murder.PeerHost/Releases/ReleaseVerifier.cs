using Murder.PeerHost.Contract;
using Murder.Swarm;
using Murder.Swarm.IO;

namespace Murder.PeerHost;

/// <summary>
/// Compares a live release with the metainfo that was kept of it, file by file. Only reads, on one core, since a service runs beside it; what it
/// holds of the release at a time is one block.
/// </summary>
internal sealed class ReleaseVerifier
{
    private readonly string _folder;
    private readonly Metainfo _metainfo;
    private readonly DifferenceList _differences = new();

    private ReleaseVerifier(string folder, Metainfo metainfo)
    {
        _folder = folder;
        _metainfo = metainfo;
    }

    /// <summary>Null when no release is active.</summary>
    /// <param name="pieceChecked">called for each piece: the only sign of life of what may take minutes</param>
    public static ReleaseVerification? VerifyActive(ReleaseStore releases, Action pieceChecked, CancellationToken cancellationToken)
    {
        string? current = releases.Current();
        if (current is null)
        {
            return null;
        }

        if (!ReleaseId.TryParse(current, out ReleaseId id) || !releases.IsStaged(id))
        {
            return ReleaseVerification.Impossible($"{releases.Layout.Current} points to '{current}', which is no release that is there");
        }

        try
        {
            return releases.ReadKeptMetainfo(id) is not { } kept ? ReleaseVerification.Impossible($"{releases.Layout.Metainfo(id)}, by which it would be checked, is gone")
                : !MetainfoReader.TryRead(kept, out Metainfo? metainfo, out string? refusal) ? ReleaseVerification.Impossible($"{releases.Layout.Metainfo(id)}, by which it would be checked, is damaged: {refusal}")
                : new ReleaseVerifier(releases.Layout.Release(id), metainfo!).Verify(pieceChecked, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ReleaseVerification.Impossible(e.Message);
        }
    }

    private ReleaseVerification Verify(Action pieceChecked, CancellationToken cancellationToken)
    {
        using PieceStore pieces = PieceStore.OpenForSeeding(_folder, _metainfo); // which only reads
        int file = 0;
        foreach (FileEntry entry in _metainfo.Files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReleaseDifference? seen = StagedFolder.Compare(_folder, entry);
            if (seen is null or { Kind: DifferenceKind.Mode })
            {
                Add(CompareContent(pieces, file, entry.Path, pieceChecked, cancellationToken));
                seen = StagedFolder.CompareMode(_folder, entry);
            }

            Add(seen);
            file++;
        }

        foreach (ReleaseDifference stranger in StagedFolder.Strangers(_folder, _metainfo))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(stranger);
        }

        return _differences.ToVerification();
    }

    private ReleaseDifference? CompareContent(PieceStore pieces, int file, string path, Action pieceChecked, CancellationToken cancellationToken)
    {
        int first = _metainfo.Layout.FirstPieceOf(file);
        int count = _metainfo.Layout.PieceCountOf(file);
        int wrong = 0;
        try
        {
            for (int piece = first; piece < first + count; piece++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                wrong += pieces.IsRight(piece) ? 0 : 1;
                pieceChecked();
            }
        }
        catch (StorageException e)
        {
            return new ReleaseDifference(path, DifferenceKind.Unreadable, $"cannot be read: {e.Message}");
        }

        return wrong == 0 ? null : new ReleaseDifference(path, DifferenceKind.Changed, count == 1 ? "has another content" : $"has another content in {wrong} of {count} pieces");
    }

    private void Add(ReleaseDifference? difference)
    {
        if (difference is not null)
        {
            _differences.Add(difference);
        }
    }
}
