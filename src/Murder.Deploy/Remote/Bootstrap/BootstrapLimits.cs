namespace Murder.Deploy;

/// <summary>How long and how much a bootstrap may take on one host.</summary>
internal sealed record BootstrapLimits
{
    /// <summary>From the script to its answer: a few commands and one hash of a cached agent, on a loaded host.</summary>
    public TimeSpan AnswerMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>An upload that moved nothing for so long has died.</summary>
    public TimeSpan UploadSilenceMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>From our last byte to the host's word that all came through: up to 2 MB are under way in sshd's window then.</summary>
    public TimeSpan StoreMax { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Folders that accept an agent and then cannot store it, before we give up; as many as the script knows.</summary>
    public int UploadsMax { get; init; } = 5;

    /// <summary>What has to go within <see cref="UploadSilenceMax"/>: 64 uploads at once do so on 0.6 Mbit/s.</summary>
    public int UploadChunkBytes { get; init; } = 32 * 1024;
}
