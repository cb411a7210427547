using System.Text;
using Murder.Testing;

namespace Murder.Build.PackageTests;

/// <summary>
/// Hosts that are another Linux than this machine's: a folder of another distribution as the root, or another processor under qemu. Each is a file that
/// becomes the shell that a login there would give; what it holds lies below a folder of the test.
/// </summary>
internal sealed class OtherLinux(TestDirectory directory)
{
    private const string Root = "/srv/web";

    // As sshd would tell: then the agent goes by the address at which it was reached.
    private const string Login = "env -i SSH_CONNECTION='127.0.0.1 40000 127.0.0.1 22'";

    private readonly HashSet<string> _distributions = [];

    /// <summary>For <c>MurderTransport</c>.</summary>
    public string Transport => $"exec sh '{directory.Combine("hosts")}/{{host}}'";

    /// <summary>The folder that is the root on a host, as this machine sees it.</summary>
    public string FolderOf(string name) => directory.Combine("srv", name, "web");

    /// <summary>And as the host sees it.</summary>
    public string RootOf(string name) => _distributions.Contains(name) ? Root : FolderOf(name);

    /// <summary>
    /// A distribution whose folder <c>build/host-roots</c> made. The mounts are of a namespace of their own and end with its last process; what is written is
    /// written to the test's folder.
    /// </summary>
    public void AddDistribution(string name)
    {
        _distributions.Add(name);
        Directory.CreateDirectory(FolderOf(name));
        string root = Path.Combine(Command.Run(Repository.Combine("build", "host-roots")).Trim(), name);
        Write(name, $$"""
            exec unshare --mount sh -c 'mount --bind "$1" "$0/srv" && mount --rbind /dev "$0/dev" && mount -t proc proc "$0/proc" && exec {{Login.Replace("'", "\"", StringComparison.Ordinal)}} PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$0" /bin/sh' '{{root}}' '{{Path.GetDirectoryName(FolderOf(name))}}'
            """);
    }

    /// <summary>
    /// A machine with an ARM processor, as far as an agent sees one: it says so, and starts programs for it. qemu is named and not left to the kernel
    /// (binfmt_misc), which is not everywhere, and which a test should not set up for the whole machine.
    /// </summary>
    public void AddArm64() => AddMachine("arm64", "aarch64", "exec() { builtin exec qemu-aarch64-static \"$@\"; }");

    /// <summary>A machine of a kind that no agent is for.</summary>
    public void AddForeign(string name, string machine) => AddMachine(name, machine, ":");

    /// <param name="profile">what its shell begins with, besides the name of the machine</param>
    private void AddMachine(string name, string machine, string profile)
    {
        Directory.CreateDirectory(FolderOf(name));
        string file = directory.Write($"profiles/{name}", Encoding.UTF8.GetBytes($$"""
            uname() { if [ "$*" = -sm ]; then echo Linux {{machine}}; else command uname "$@"; fi; }
            {{profile}}

            """));
        Write(name, $"exec {Login} PATH=\"$PATH\" BASH_ENV='{file}' bash");
    }

    private void Write(string name, string script) => directory.Write($"hosts/{name}", Encoding.UTF8.GetBytes(script + "\n"));
}
