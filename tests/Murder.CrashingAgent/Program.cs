using System.Diagnostics;
using System.Globalization;
using Murder.PeerHost;

// murder-crashing-agent STEP FILE [hangs]: the agent, which is killed before it takes the step of this number (from 0 on; -1 for never) through the
// file system, or hangs in it as in a disk that does not answer. Writes its steps to the file, a line each. No order of a deployer and no variable can make the shipped agent do this.
int crashAt = int.Parse(args[0], CultureInfo.InvariantCulture);
int taken = 0;
return await Murder.PeerHost.Program.RunAsync(new FileSteps(step =>
{
    File.AppendAllText(args[1], step + "\n");
    if (taken++ == crashAt)
    {
        if (args.Length == 2)
        {
            Process.GetCurrentProcess().Kill(); // SIGKILL: nothing is disposed of, and nothing flushed
        }

        Thread.Sleep(Timeout.Infinite);
    }
}));
