using System.Globalization;
using System.Text;
using Murder.Testing;

namespace Murder.Build.PackageTests;

/// <summary>Hosts that are real sshds on the loopback interface, each with keys and a root of its own.</summary>
internal sealed class SshHosts : IDisposable
{
    private const UnixFileMode OpenToAll = (UnixFileMode)0x1FF;

    private readonly TestDirectory _directory = new();
    private readonly List<LoopbackSshd> _sshds = [];

    /// <param name="users">one a host; null for the account that runs the tests</param>
    public SshHosts(params string?[] users)
    {
        File.SetUnixFileMode(_directory.Path, OpenToAll); // hosts with a user of their own make their root below it
        StringBuilder inventory = new("[prod]\n");
        StringBuilder knownHosts = new();
        foreach (string? user in users)
        {
            LoopbackSshd sshd = LoopbackSshd.Start(new LoopbackSshdOptions { User = user });
            _sshds.Add(sshd);
            string root = _directory.Combine($"root{_sshds.Count}");
            Roots.Add(root);
            string port = sshd.Port.ToString(CultureInfo.InvariantCulture);
            inventory.AppendLine($"web{_sshds.Count} ansible_host=127.0.0.1 ansible_port={port} ansible_user={sshd.User} ansible_ssh_private_key_file={sshd.ClientKeyPath} murder_root={root}");
            knownHosts.Append(File.ReadAllText(sshd.KnownHostsPath));
        }

        Inventory = inventory.ToString();
        KnownHostsPath = _directory.Write("known_hosts", Encoding.UTF8.GetBytes(knownHosts.ToString()));
    }

    /// <summary>Text of a <c>murder.hosts.ini</c> with the group <c>prod</c>: web1, web2, …</summary>
    public string Inventory { get; }

    public string KnownHostsPath { get; }

    public List<string> Roots { get; } = [];

    /// <summary>Takes a host away: its port refuses from now on. Those behind it move up, here but not in <see cref="Roots"/>.</summary>
    public void Stop(int index)
    {
        _sshds[index].Dispose();
        _sshds.RemoveAt(index);
    }

    public void Dispose()
    {
        _sshds.ForEach(sshd => sshd.Dispose());
        _directory.Dispose();
    }
}
