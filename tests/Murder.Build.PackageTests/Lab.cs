using System.Diagnostics;
using Murder.Testing;

namespace Murder.Build.PackageTests;

/// <summary>
/// Hosts with a network, processes and files of their own, each with a real sshd: <c>bench/lab</c>. On each of them a script stands in for systemd,
/// which cannot run there.
/// </summary>
internal sealed class Lab : IDisposable
{
    /// <summary>Where the service of a host listens.</summary>
    public const int ServicePort = 5000;

    /// <summary>What the release runs after the switch: ends the process of the release before, starts its own.</summary>
    public const string Restart = "sh /srv/restart.sh";

    // The old process has three seconds to answer what it was asked; a release that hangs never would.
    private const string RestartScript =
        """
        cd /srv
        if [ -f pid ]; then
          old=$(cat pid)
          kill "$old" 2>/dev/null
          for i in $(seq 30); do kill -0 "$old" 2>/dev/null || break; sleep 0.1; done
          kill -9 "$old" 2>/dev/null
        fi
        ASPNETCORE_URLS=http://0.0.0.0:5000 setsid dotnet "$MURDER_CURRENT/shop.dll" </dev/null >>log 2>&1 &
        echo $! >pid
        """;

    private static readonly string Script = Repository.Combine("bench", "lab");

    private readonly string _name = $"murder-tests-{Environment.ProcessId}";

    public Lab(int hosts)
    {
        Count = hosts;
        Run("up", $"{hosts}", "1gbit");
        for (int number = 1; number <= hosts; number++)
        {
            File.WriteAllText(Path.Combine(Folder(number), "restart.sh"), RestartScript);
        }
    }

    public int Count { get; }

    public string Inventory => $"/run/{_name}/inventory.ini";

    /// <summary>For MSBuild, to reach the hosts.</summary>
    public string[] Properties => ["-p:Hosts=lab", $"-p:MurderInventory={Inventory}", $"-p:MurderKnownHosts=/run/{_name}/known_hosts", $"-p:MurderIdentityFile=/run/{_name}/id_ed25519"];

    /// <summary>What a command line begins with that runs on the deployer. The process it starts is that of the command.</summary>
    public IReadOnlyList<string> OnDeployer => ["env", $"MURDER_LAB={_name}", Script, "exec", "deployer"];

    /// <summary>As the machine sees a host's <c>/srv</c>.</summary>
    /// <param name="number">from 1 on</param>
    public string Folder(int number) => $"/run/{_name}/hosts/host{number:000}/srv";

    public static string UrlOf(int number, string path) => $"http://10.77.1.{number}:{ServicePort}{path}";

    public void Dispose() => Run("down");

    private void Run(params string[] arguments) => Command.Run("env", [$"MURDER_LAB={_name}", Script, .. arguments]);
}

/// <summary>A test that needs the lab, and is skipped by name where there can be none.</summary>
internal sealed class LabFactAttribute : FactAttribute
{
    public LabFactAttribute() => Skip = NetworkNamespaces.CanBe ? null : "no network namespaces can be made here";
}
