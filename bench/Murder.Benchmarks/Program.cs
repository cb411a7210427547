using System.Globalization;

namespace Murder.Benchmarks;

internal static class Program
{
    private const string Usage = """
        usage: bench/pair [--size MiB] [--runs N] [--systems murder,murder-tls,libtorrent]
               bench/files [--files N] [--length BYTES] [--size MB] [--hosts N] [--runs N] [--agent FILE] [--place FOLDER]
               bench/hash [--size MB] [--runs N] [--place FOLDER]

        pair: one seed to one leech over loopback, plain and with TLS, beside libtorrent.
        MURDER_PAIR_MEMBER names the program that is measured: bench/pair builds it. Prints a table of medians; every copy is compared with its source.
        files: many small files to local hosts, beside one large file and cp -r.
        hash: making a torrent, beside openssl's SHA-256.
        """;

    private static async Task<int> Main(string[] arguments)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            return await RunAsync(arguments).ConfigureAwait(false);
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync($"{e.Message}\n{Usage}").ConfigureAwait(false);
            return 2;
        }
    }

    private static async Task<int> RunAsync(string[] arguments)
    {
        switch (arguments)
        {
            case ["pair", .. string[] options]:
                await PairBench.RunAsync(Options.Parse(options, "--size", "--runs", "--systems")).ConfigureAwait(false);
                return 0;
            case ["files", .. string[] options]:
                await FilesBench.RunAsync(Options.Parse(options, "--files", "--length", "--size", "--hosts", "--runs", "--agent", "--place")).ConfigureAwait(false);
                return 0;
            case ["hash", .. string[] options]:
                await HashBench.RunAsync(Options.Parse(options, "--size", "--runs", "--place")).ConfigureAwait(false);
                return 0;
            case [FilesDeployer.Verb, .. string[] deployer]:
                return await FilesDeployer.RunAsync(deployer).ConfigureAwait(false);
            default:
                await Console.Error.WriteLineAsync(Usage).ConfigureAwait(false);
                return 2;
        }
    }
}
