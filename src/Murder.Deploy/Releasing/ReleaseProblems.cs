using Murder.Swarm;
using Murder.Swarm.IO;

namespace Murder.Deploy;

/// <summary>What can be wrong with a publish output: MURDER02nn.</summary>
public static class ReleaseProblems
{
    public static Problem FolderMissing(string directory) => new(
        "MURDER0201",
        $"The publish folder '{directory}' does not exist.",
        "Publish first, or set PublishDir to the folder that holds the publish output.");

    public static Problem FolderEmpty(string directory) => new(
        "MURDER0202",
        $"The publish folder '{directory}' holds no file with content.",
        "Check that the project publishes anything there; empty folders are not part of a release.");

    public static Problem LinkAbsolute(string path, string target) => new(
        "MURDER0203",
        $"The symlink '{path}' points to the absolute path '{target}'.",
        "Make it relative and keep its target in the publish folder, or make the link on the hosts.");

    public static Problem LinkLeaves(string path, string target) => new(
        "MURDER0204",
        $"The symlink '{path}' to '{target}' does not stay inside the publish folder.",
        "Point it to a file or folder below the publish folder, without a way back ('..') after another link.");

    public static Problem NameNotPortable(string path, string refusal) => new(
        "MURDER0205",
        $"The path '{ReleasePath.Printable(path)}' {refusal}.",
        "Rename the file, or leave it out of the publish output.");

    public static Problem SpecialFile(string path) => new(
        "MURDER0206",
        $"'{path}' is neither a file, a folder nor a symlink but a device, a pipe or a socket.",
        "Remove it from the publish folder.");

    public static Problem Unreadable(string path, string reason) => new(
        "MURDER0207",
        $"'{path}' cannot be read: {reason.TrimEnd('.')}.",
        "Give the user who runs the build the right to read it.");

    /// <summary>Reading failed after the folder had been listed; says whether it changed.</summary>
    public static Problem ReadFailed(StorageException failure) => new(
        "MURDER0208",
        $"The publish output could not be hashed: {failure.Message}.",
        "See that nothing writes to the publish folder during a deploy, and run it again.");

    /// <summary>The files together cannot be one release: two paths differ by case only, links lead in a circle.</summary>
    public static Problem NotDescribable(MetainfoException refusal) => new(
        "MURDER0209",
        $"The publish output cannot be made a release: {refusal.Message.TrimEnd('.')}.",
        "Rename or remove the file, or leave it out of the publish output.");

    public static Problem MetainfoTooLarge(int files, int bytes, int bytesMax) => new(
        "MURDER0211",
        $"The publish output has {files} files, whose description of {bytes} bytes is more than a host can be sent ({bytesMax}).",
        "Publish fewer files: leave out what the service does not need, or pack it into an archive.");

    public static Problem TorrentNotWritten(string path, string reason) => new(
        "MURDER0212",
        $"The torrent could not be written to '{path}': {reason.TrimEnd('.')}.",
        "Give MurderTorrentPath a file in a folder that can be written.");

    /// <param name="path">of the publish output</param>
    public static Problem SharedPublished(string shared, string path) => new(
        "MURDER0213",
        $"MurderShared has '{shared}', which is to come from each host, and the publish output has '{path}'.",
        $"Leave it out of the publish output (<Content Update=\"{path}\" CopyToPublishDirectory=\"Never\" />, or None for Content), or remove the MurderShared item.");

    public static Problem More(string directory) => new(
        "MURDER0210",
        $"The publish folder '{directory}' has more such problems than are listed here.",
        "Solve these, and run it again to see the others.");
}
