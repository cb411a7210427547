using Microsoft.Build.Framework;

namespace Murder.Build.Tasks;

public sealed partial class CreateTorrent
{
    /// <summary>Where to write the metainfo.</summary>
    [Required]
    public string TorrentPath { get; set; } = "";

    /// <summary>64 hexadecimal digits.</summary>
    [Output]
    public string InfoHash { get; set; } = "";
}
