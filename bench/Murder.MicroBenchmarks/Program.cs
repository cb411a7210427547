using BenchmarkDotNet.Running;

namespace Murder.MicroBenchmarks;

internal static class Program
{
    /// <summary>In this process: a generated project would be built by the rules of this repository, which are not made for it.</summary>
    private static void Main(string[] arguments) =>
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run([.. arguments, "--inProcess"]);
}
