using CsCheck;

namespace Murder.Swarm.Tests;

/// <summary>Releases in memory: hashed files without their contents.</summary>
internal static class ReleaseGen
{
    public const int PieceLength = 32 * 1024;

    private static readonly Gen<string> Path =
        Gen.OneOfConst("a", "b", "bin", "lib", "ü", "😀", "\uFFFC", "x.dll").Array[1, 4].Select(components => string.Join('/', components));

    /// <summary>Any files at all: most of these cannot be a release.</summary>
    public static Gen<HashedFile[]> Files { get; } = Gen.Select(Path, Gen.Int[0, 100_000], Gen.Bool, Gen.Int[0, 5], Path)
        .Select((path, length, isExecutable, kind, target) => kind == 0 ? Link(path, target) : File(path, length, isExecutable)).Array[1, 8];

    public static HashedFile File(string path, long length = 1, bool isExecutable = false)
    {
        int pieces = (int)((length + PieceLength - 1) / PieceLength);
        return new HashedFile(path, length, isExecutable, null, [.. Enumerable.Range(0, pieces).Select(piece => Hash256.Of([.. BitConverter.GetBytes(length), (byte)piece]))]);
    }

    public static HashedFile Link(string path, string target) => new(path, 0, false, target, []);

    public static Metainfo Build(params HashedFile[] files) => MetainfoBuilder.Build("app", PieceLength, files);
}
