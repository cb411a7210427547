using System.Runtime.InteropServices;
using Murder.SwarmBench;

using CancellationTokenSource stop = new();
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    bool isFirstDeploy = args is ["first-deploy", ..];
    BenchOptions options = BenchOptions.Parse(isFirstDeploy ? args[1..] : args);
    return await (isFirstDeploy ? FirstDeployBench.RunAsync(options, stop.Token) : Bench.RunAsync(options, stop.Token)) ? 0 : 1;
}
catch (BenchException e)
{
    Console.Error.WriteLine($"bench/swarm: {e.Message}");
    return 1;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("bench/swarm: stopped");
    return 130;
}

// The lab is taken down on the way out, which a signal's own way out would skip.
void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
