// Murder.Fuzzing [target|all] [seconds] [seed]: throws damaged inputs at the parsers of bytes from others. Exit code 0: nothing found; 1: a find, whose
// input is printed in hexadecimal; 2: wrong arguments. A find's input belongs into a test, with what went wrong as its name.
using System.Diagnostics;
using System.Globalization;
using Murder.Fuzzing;

const int SecondsDefault = 10;

string name = args.ElementAtOrDefault(0) ?? "all";
IFuzzTarget[] targets = [.. FuzzTargets.All.Where(target => name == "all" || target.Name == name)];
if (targets.Length == 0
    || !double.TryParse(args.ElementAtOrDefault(1) ?? $"{SecondsDefault}", CultureInfo.InvariantCulture, out double seconds)
    || !int.TryParse(args.ElementAtOrDefault(2) ?? $"{Random.Shared.Next()}", CultureInfo.InvariantCulture, out int seed))
{
    Console.Error.WriteLine($"usage: Murder.Fuzzing [all|{string.Join('|', FuzzTargets.All.Select(target => target.Name))}] [seconds] [seed]");
    return 2;
}

foreach (IFuzzTarget target in targets)
{
    if (!FindsNothing(target, TimeSpan.FromSeconds(seconds / targets.Length), seed))
    {
        return 1;
    }
}

return 0;

static bool FindsNothing(IFuzzTarget target, TimeSpan time, int seed)
{
    foreach (byte[] sound in target.Corpus)
    {
        target.Run(sound); // warms up, so that what the first run loads is not taken for an allocation
    }

    Mutator mutator = new(target, seed);
    Stopwatch watch = Stopwatch.StartNew();
    long iterations = 0;
    for (; watch.Elapsed < time; iterations++)
    {
        byte[] input = mutator.Next();
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            target.Run(input);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated > target.AllocationMax(input.Length))
            {
                throw new FuzzFindException($"{allocated} bytes allocated for an input of {input.Length}");
            }
        }
        catch (Exception find) // whatever it is, it is what we look for
        {
            Console.WriteLine($"{target.Name}: seed {seed}, iteration {iterations}: {find}");
            Console.WriteLine(Convert.ToHexStringLower(input));
            return false;
        }
    }

    Console.WriteLine($"{target.Name}: seed {seed}, {iterations} iterations, nothing found");
    return true;
}
