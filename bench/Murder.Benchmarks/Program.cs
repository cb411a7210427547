using System.Globalization;

namespace Murder.Benchmarks;

internal static class Program
{
    private const string Usage = """
        usage: bench/pair [--size MiB] [--runs N] [--systems murder,murder-tls,libtorrent]

        One seed to one leech over loopback, plain and with TLS, beside libtorrent.
        MURDER_PAIR_MEMBER names the program that is measured: bench/pair builds it. Prints a table of medians; every copy is compared with its source.
        """;

    private static async Task<int> Main(string[] arguments)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        switch (arguments)
        {
            case ["pair", .. string[] options]:
                await PairBench.RunAsync(Options.Parse(options)).ConfigureAwait(false);
                return 0;
            default:
                await Console.Error.WriteLineAsync(Usage).ConfigureAwait(false);
                return 2;
        }
    }
}
