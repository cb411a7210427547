using System.Globalization;

namespace Murder.Benchmarks;

internal static class Program
{
    private const string Usage = """
        usage: bench/pair [--size MiB] [--runs N] [--systems murder,murder-tls,libtorrent]
               bench/files [--files N] [--length BYTES] [--size MB] [--hosts N] [--runs N] [--agent FILE] [--place FOLDER]
               bench/hash [--size MB] [--runs N] [--place FOLDER]
               bench/ssh [--hosts N] [--sessions N] [--runs N] [--place FOLDER]

        pair: one seed to one leech over loopback, plain and with TLS, beside libtorrent.
        MURDER_PAIR_MEMBER names the program that is measured: bench/pair builds it. Prints a table of medians; every copy is compared with its source.
        files: many small files to local hosts, beside one large file and cp -r.
        hash: making a torrent, beside openssl's SHA-256.
        ssh: until all agents are up over real sshds, beside OpenSSH clients. MURDER_AGENTS names the folder of the agents: bench/ssh builds it.
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
        catch (InvalidOperationException e) // said by a bench; caught so that whatever it started is ended
        {
            await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return 1;
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
            case ["ssh", .. string[] options]:
                await SshBench.RunAsync(Options.Parse(options, "--hosts", "--sessions", "--runs", "--place")).ConfigureAwait(false);
                return 0;
            case [SshDeployer.Verb, .. string[] deployer]:
                return await SshDeployer.RunAsync(deployer).ConfigureAwait(false);
            case [FilesDeployer.Verb, .. string[] deployer]:
                return await FilesDeployer.RunAsync(deployer).ConfigureAwait(false);
            default:
                await Console.Error.WriteLineAsync(Usage).ConfigureAwait(false);
                return 2;
        }
    }
}
