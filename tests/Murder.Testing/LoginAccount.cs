namespace Murder.Testing;

/// <summary>A login of this machine with a home of its own in a temporary folder. Goes away with the test. Takes root.</summary>
public sealed class LoginAccount : IDisposable
{
    /// <summary>useradd waits whole seconds for another one.</summary>
    private static readonly Lock s_oneAtATime = new();

    private readonly TestDirectory _directory = new();

    /// <param name="shell">path of the login shell</param>
    public LoginAccount(string shell)
    {
        Name = "murder-" + Guid.NewGuid().ToString("N")[..12];
        Command.Run("chmod", "711", _directory.Path); // sshd looks for files of the home as the user
        lock (s_oneAtATime)
        {
            // A password that nobody knows: '*' rather than '!', which sshd takes for locked.
            Command.Run("useradd", "--create-home", "--home-dir", Home, "--no-user-group", "--shell", shell, "--password", "*", Name);
        }

        Id = Command.Run("id", "-u", Name).Trim();
    }

    public string Name { get; }

    public string Id { get; }

    public string Home => _directory.Combine("home");

    /// <summary>Puts a file of the user's into the home.</summary>
    public void Write(string relativePath, ReadOnlySpan<byte> content)
    {
        _directory.Write(Path.Combine("home", relativePath), content);
        Command.Run("chown", "-R", Name, Home);
    }

    public void Dispose()
    {
        lock (s_oneAtATime)
        {
            Command.TryRun("userdel", "--force", Name); // forced: a session may just be ending
        }

        _directory.Dispose();
    }
}
