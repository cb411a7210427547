using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Murder.PeerHost.Contract;

namespace Murder.PeerHost;

/// <summary>The process: arguments, streams, signals, exit code. Everything random derives from the seed in the command.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case []:
                return await RunAsync(FileSteps.Unobserved).ConfigureAwait(false);
            case [AgentProtocol.PipeVerb, var port, var mark]:
                return PortPipe.Run(port, mark, OpenStandard(0, FileAccess.Read), OpenStandard(1, FileAccess.Write), Warn);
            case ["--version"]:
                Console.WriteLine($"murder-peer {AgentIdentity.Version}, protocol {AgentProtocol.Version}, {AgentIdentity.Rid}");
                return ExitCode.Done;
            default:
                await Console.Error.WriteLineAsync(Usage).ConfigureAwait(false);
                return ExitCode.Usage;
        }
    }

    private const string Usage =
        """
        usage: murder-peer            speak the control protocol on stdin and stdout
               murder-peer --version  print version, protocol and platform
        The agent is started by a deploy (dotnet publish -t:MurderDeploy) and ends with it.
        """;

    /// <summary>Returns the exit code.</summary>
    internal static async Task<int> RunAsync(FileSteps steps)
    {
        LoginEnvironment login = LoginEnvironment.Capture();
        IgnoreHostCryptography();
        ReceiveWithoutDetour();
        try
        {
            Ending ending = new();
            using PosixSignalRegistration terminate = OnSignal(PosixSignal.SIGTERM, ending);
            using PosixSignalRegistration interrupt = OnSignal(PosixSignal.SIGINT, ending);
            using PosixSignalRegistration hangUp = OnSignal(PosixSignal.SIGHUP, ending);
            using Lease lease = new(AgentProtocol.Lease, TimeProvider.System, () => ending.Request(EndReason.DeployerGone));
            ControlChannel channel = new(OpenStandard(0, FileAccess.Read), OpenStandard(1, FileAccess.Write), lease, ending);
            Agent agent = new(channel, ending, login, FetchOptions.Default, Warn, TimeProvider.System, steps);
            await using (agent.ConfigureAwait(false))
            {
                return await agent.RunAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            Warn($"a bug in Murder.Build: {e}");
            return ExitCode.Bug;
        }
    }

    /// <summary>
    /// What a socket brings is decrypted and hashed by the thread that waited for it, one a core, instead of being handed to a thread of the
    /// pool: at the usual link rates a packet at a time arrives, and waking another thread for each costs more than the packet. Must be said
    /// before the first socket.
    /// </summary>
    private static void ReceiveWithoutDetour() => Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

    /// <summary>
    /// A statically linked OpenSSL must not load the modules that the host's openssl.cnf may name. The agent trusts its deployer only: reading
    /// the host's roots would cost it 90 ms of CPU for nothing. And .NET looks for certificates below HOME; where that is not set it asks the C
    /// library, which in a static executable must load no name service. Commands of a release do not see any of this (<see cref="LoginEnvironment"/>).
    /// </summary>
    private static void IgnoreHostCryptography()
    {
        if (OperatingSystem.IsLinux())
        {
            Posix.SetEnvironmentVariable("OPENSSL_CONF", "/dev/null");
            Posix.SetEnvironmentVariable("SSL_CERT_FILE", "/dev/null");
            Posix.SetEnvironmentVariable("SSL_CERT_DIR", "/dev/null");
            Environment.SetEnvironmentVariable("HOME", "/dev/null");
        }
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, Ending ending) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        Warn($"ended by {signal}");
        ending.Request(EndReason.DeployerGone);
    });

    /// <summary>Not the streams of the console: those swallow EPIPE, by which a deployer that is gone is noticed.</summary>
    private static FileStream OpenStandard(int descriptor, FileAccess access) =>
        new(new SafeFileHandle(descriptor, ownsHandle: false), access, bufferSize: 0);

    private static void Warn(string line)
    {
        try
        {
            Console.Error.WriteLine("murder-peer: " + line);
        }
        catch (IOException)
        {
            // Nobody reads it.
        }
    }
}
