using System.Diagnostics;

namespace Murder.Deploy;

/// <summary>
/// Gives <c>ssh</c> the passphrase of encrypted keys, and no answer to anything else it might ask. It asks by a program (<c>SSH_ASKPASS</c>), which it calls
/// with the question; here by <c>printenv</c>, for which every question is the name of a variable, and only that for a passphrase is set. So there is no
/// file to make or to leave behind (but for a jump host), and the secret stands in the environment of one process, never in an argument.
/// </summary>
internal sealed class OpenSshPassphrase(SshOptions options)
{
    private const string AnsweringProgram = "printenv";
    private const string ScriptVariable = "MURDER_JUMP_PASSPHRASE";

    /// <summary>It holds no secret, and answers for passphrases of keys only.</summary>
    private const string Script = $"""
        #!/bin/sh
        case $1 in
          "Enter passphrase for key '"*) printenv {ScriptVariable} ;;
          *) exit 1 ;;
        esac

        """;

    /// <summary>How much of a path ssh asks with.</summary>
    private const int AskedPathMax = 100;

    /// <summary>Without a passphrase nothing is ever asked; with one, only for that.</summary>
    public IReadOnlyList<string> Options { get; } = options.Passphrase is null
        ? ["-o", "BatchMode=yes"]
        : ["-o", "BatchMode=no", "-o", "NumberOfPasswordPrompts=1", "-o", "PasswordAuthentication=no", "-o", "KbdInteractiveAuthentication=no"];

    /// <param name="keys">paths of private keys, as ssh knows them</param>
    public void GiveTo(ProcessStartInfo ssh, IReadOnlyList<string> keys)
    {
        if (options.Passphrase is not { } passphrase)
        {
            return;
        }

        Answer(ssh, AnsweringProgram);
        foreach (string path in keys)
        {
            ssh.Environment[$"Enter passphrase for key '{path[..Math.Min(path.Length, AskedPathMax)]}': "] = passphrase;
        }
    }

    /// <summary>The same for ssh behind a shell, which may drop variables with such names (dash does): there it is asked by a script, which somebody has to delete.</summary>
    /// <param name="script">path of a file that is to be, in a folder that only this user may open</param>
    public void GiveByScriptTo(ProcessStartInfo ssh, string script)
    {
        if (options.Passphrase is not { } passphrase)
        {
            return;
        }

        File.WriteAllText(script, Script);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        Answer(ssh, script);
        ssh.Environment[ScriptVariable] = passphrase;
    }

    private static void Answer(ProcessStartInfo ssh, string program)
    {
        ssh.Environment["SSH_ASKPASS"] = program;
        ssh.Environment["SSH_ASKPASS_REQUIRE"] = "force";
        ssh.Environment.TryAdd("DISPLAY", ":0"); // without one an ssh before 8.4 asks nobody; it shows nothing there
    }
}
