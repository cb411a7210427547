using System.Globalization;

namespace Murder.Benchmarks;

internal static class Program
{
    private const string Usage = """
        usage: bench/pair [--size MB] [--runs N]     one seed to one leech over loopback, beside libtorrent
               bench/files [--files N] [--length BYTES] [--size MB] [--hosts N] [--runs N] [--agent FILE] [--place FOLDER]
                                                     many small files to local hosts, beside one large file and cp -r
               bench/hash [--size MB] [--runs N] [--place FOLDER]
                                                     making a torrent, beside openssl's SHA-256

        Prints a table of medians; every copy is compared with its source.
        """;

    private static async Task<int> Main(string[] arguments)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        switch (arguments)
        {
            case ["pair", .. string[] options]:
                await PairBench.RunAsync(Options.Parse(options)).ConfigureAwait(false);
                return 0;
            case ["files", .. string[] options]:
                await FilesBench.RunAsync(Options.Parse(options)).ConfigureAwait(false);
                return 0;
            case ["hash", .. string[] options]:
                await HashBench.RunAsync(Options.Parse(options)).ConfigureAwait(false);
                return 0;
            case [FilesDeployer.Verb, .. string[] deployer]:
                return await FilesDeployer.RunAsync(deployer).ConfigureAwait(false);
            case [PairMember.Verb, .. string[] member]:
                await PairMember.RunAsync(member).ConfigureAwait(false);
                return 0;
            default:
                await Console.Error.WriteLineAsync(Usage).ConfigureAwait(false);
                return 2;
        }
    }
}
