using System.Diagnostics;

namespace Murder.Deploy;

/// <summary>
/// Gives <c>ssh</c> the passphrase of encrypted keys, and no answer to anything else it might ask. It asks by a program (<c>SSH_ASKPASS</c>), which it calls
/// with the question; here by <c>printenv</c>, for which every question is the name of a variable, and only that for a passphrase is set. So there is no
/// file to make or to leave behind, and the secret stands in the environment of one process, never in an argument.
/// </summary>
internal sealed class OpenSshPassphrase(SshOptions options)
{
    private const string AnsweringProgram = "printenv";

    /// <summary>How much of a path ssh asks with.</summary>
    private const int AskedPathMax = 100;

    /// <summary>Without a passphrase nothing is ever asked; with one, only for that.</summary>
    public IReadOnlyList<string> Options { get; } = options.Passphrase is null
        ? ["-o", "BatchMode=yes"]
        : ["-o", "BatchMode=no", "-o", "NumberOfPasswordPrompts=1", "-o", "PasswordAuthentication=no", "-o", "KbdInteractiveAuthentication=no"];

    public void GiveTo(ProcessStartInfo ssh, TargetHost host)
    {
        if (options.Passphrase is not { } passphrase)
        {
            return;
        }

        ssh.Environment["SSH_ASKPASS"] = AnsweringProgram;
        ssh.Environment["SSH_ASKPASS_REQUIRE"] = "force";
        ssh.Environment.TryAdd("DISPLAY", ":0"); // without one an ssh before 8.4 asks nobody; it shows nothing there
        foreach (string path in options.IdentityFilesOf(host))
        {
            ssh.Environment[$"Enter passphrase for key '{path[..Math.Min(path.Length, AskedPathMax)]}': "] = passphrase;
        }
    }
}
