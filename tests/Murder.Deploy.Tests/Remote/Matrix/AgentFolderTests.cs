using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>Where the agent may lie on a host whose folders are not as they should be.</summary>
public sealed class AgentFolderTests
{
    private static readonly string[] s_parents = ["/var/tmp", "/tmp", "/dev/shm"];

    public static TheoryData<string, string> Homes => MatrixRow.WithEngines("noexec,mode=777", "ro", "size=16k,mode=777");

    public static TheoryData<string, string, string> Everywhere
    {
        get
        {
            TheoryData<string, string, string> rows = [];
            foreach (string engine in MatrixRow.Engines)
            {
                rows.Add(engine, "noexec", "cannot hold and execute a program");
                rows.Add(engine, "ro", "not ours to write");
                rows.Add(engine, "size=64k", "full: 64 KB free");
            }

            return rows;
        }
    }

    /// <summary>The root is somebody else's, so the home would be next.</summary>
    [RootTheory]
    [MemberData(nameof(Homes))]
    public async Task A_home_that_cannot_hold_or_execute_the_agent_is_passed_over(string engine, string mountOptions)
    {
        using LoginAccount account = new("/bin/bash");
        using SmallDisk home = new(account.Home, mountOptions);
        using MatrixRow row = new(engine, new LoopbackSshdOptions { User = account.Name });
        Command.Run("chown", "root", row.Root);

        string file = await row.AnswersAsync();

        Assert.StartsWith($"/var/tmp/murder-{account.Id}/", file, StringComparison.Ordinal);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    /// <summary>Somebody was there first, with a folder or with a link to where he would like the agent to go.</summary>
    [RootTheory]
    [InlineData(nameof(SshEngine.SshNet))]
    [InlineData(nameof(SshEngine.OpenSsh))]
    public async Task Folders_that_somebody_else_made_are_left_alone(string engine)
    {
        using LoginAccount account = new("/bin/bash");
        using SmallDisk home = new(account.Home, "ro");
        using TestDirectory trap = new();
        Command.Run("chmod", "777", trap.Path);
        string folder = Directory.CreateDirectory($"/var/tmp/murder-{account.Id}").FullName;
        Command.Run("chmod", "777", folder);
        File.CreateSymbolicLink($"/tmp/murder-{account.Id}", trap.Path);
        using MatrixRow row = new(engine, new LoopbackSshdOptions { User = account.Name });
        Command.Run("chown", "root", row.Root);
        try
        {
            Assert.StartsWith($"/dev/shm/murder-{account.Id}/", await row.AnswersAsync(), StringComparison.Ordinal);
            Directory.Delete($"/dev/shm/murder-{account.Id}", recursive: true);
            Directory.CreateDirectory($"/dev/shm/murder-{account.Id}");

            Problem problem = await row.FailsAsync();

            Assert.Equal("MURDER0308", problem.Code);
            Assert.All(s_parents, parent => Assert.Contains($"{parent}/murder-{account.Id}: not ours to write", problem.Text, StringComparison.Ordinal));
            Assert.Contains(row.Root, problem.Remedy, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFileSystemEntries(folder));
            Assert.Empty(Directory.GetFileSystemEntries(trap.Path));
        }
        finally
        {
            File.Delete($"/tmp/murder-{account.Id}");
            Directory.Delete(folder);
            Directory.Delete($"/dev/shm/murder-{account.Id}", recursive: true);
        }
    }

    /// <summary>Mounted anew for the login alone, over every folder that the script knows; the root, which lies in one of them, is gone by that.</summary>
    [RootTheory]
    [MemberData(nameof(Everywhere))]
    public async Task A_host_without_any_folder_for_the_agent_is_named_with_the_reason_for_each(string engine, string mountOptions, string reason)
    {
        string mounts = $"for folder in /tmp /var/tmp /dev/shm ~; do mount -t tmpfs -o {mountOptions} none $folder; done";
        using MatrixRow row = new(engine, new LoopbackSshdOptions { ConfigLines = [$"ForceCommand exec unshare --mount sh -c '{mounts}; eval \"$SSH_ORIGINAL_COMMAND\"'"] });

        Problem problem = await row.FailsAsync();

        Assert.Equal("MURDER0308", problem.Code);
        Assert.Contains($"/.cache/murder: {reason}", problem.Text, StringComparison.Ordinal);
        Assert.All(s_parents, parent => Assert.Contains($"{parent}/murder-0: {reason}", problem.Text, StringComparison.Ordinal));
        Assert.Contains(row.Root, problem.Remedy, StringComparison.Ordinal);
    }
}
