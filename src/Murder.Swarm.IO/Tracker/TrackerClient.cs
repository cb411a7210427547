namespace Murder.Swarm.IO;

/// <summary>Announces over HTTP to the first of several URLs that answers, and stays with it (BEP 12, one tier).</summary>
public sealed class TrackerClient(IReadOnlyList<Uri> urls) : IAnnouncer, IDisposable
{
    private readonly IReadOnlyList<Uri> _urls = urls;

    public Task<AnnounceAnswer?> AnnounceAsync(AnnounceRequest request, CancellationToken cancellationToken) => throw new NotImplementedException(_urls.Count.ToString());

    public void Dispose() => throw new NotImplementedException();
}
