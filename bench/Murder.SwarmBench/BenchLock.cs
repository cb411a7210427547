namespace Murder.SwarmBench;

/// <summary>This machine's turn to be measured: held by one bench at a time.</summary>
internal sealed class BenchLock(FileStream file) : IDisposable
{
    private const string LockPath = "/run/lock/murder-swarm-bench";

    public static async Task<BenchLock> TakeAsync(CancellationToken cancellationToken)
    {
        for (bool isTold = false; ; isTold = true)
        {
            try
            {
                return new BenchLock(new FileStream(LockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException)
            {
                // Expected: another bench runs.
            }

            if (!isTold)
            {
                Console.WriteLine("waiting for another bench on this machine");
            }

            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        }
    }

    public void Dispose() => file.Dispose();
}
