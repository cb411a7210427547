using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Murder.Swarm.IO;
using Murder.Testing;

namespace Murder.Deploy.Tests;

public sealed class PublishDirectoryTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Files_links_and_executable_bits_come_in_ordinal_order()
    {
        Write("b", 3);
        Write("a/z", 0);
        Write("B", 1);
        Write("a.b", 2);
        Mode(Write("run", 5), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Mode(Write("groupRun", 5), UnixFileMode.UserRead | UnixFileMode.GroupExecute);
        Write(".hidden/.file", 1);
        Link("a/up", "../b");
        Link("dir", "./a/");
        Directory.CreateDirectory(_directory.Combine("emptyFolder/inner"));

        Assert.Equal(
            [
                new FileToHash(".hidden/.file", 1, false, null),
                new FileToHash("B", 1, false, null),
                new FileToHash("a.b", 2, false, null),
                new FileToHash("a/up", 0, false, "b"),
                new FileToHash("a/z", 0, false, null),
                new FileToHash("b", 3, false, null),
                new FileToHash("dir", 0, false, "a"),
                new FileToHash("groupRun", 5, false, null),
                new FileToHash("run", 5, true, null),
            ],
            Read());
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        string missing = _directory.Combine("missing");

        Problem problem = Assert.Single(Assert.Throws<DeploymentException>(() => PublishDirectory.Read(missing, CancellationToken.None)).Problems);

        Assert.Equal("MURDER0201", problem.Code);
        Assert.Contains(missing, problem.Text);
    }

    [Fact]
    public void A_folder_without_content_is_refused()
    {
        Directory.CreateDirectory(_directory.Combine("a/b"));
        AssertProblem("MURDER0202", _directory.Path);
        Write("empty", 0);
        AssertProblem("MURDER0202", _directory.Path);
    }

    [Theory]
    [InlineData("/etc/passwd", "MURDER0203")]
    [InlineData("../x", "MURDER0204")]
    [InlineData("a/../../x", "MURDER0204")]
    [InlineData(".", "MURDER0204")]
    [InlineData("folder/link/../../x", "MURDER0204")] // back from somewhere else
    [InlineData("a:b", "MURDER0205")]
    public void A_link_that_cannot_be_shipped_is_refused(string target, string code)
    {
        Write("file", 1);
        Write("folder/deep/file", 1);
        Link("folder/link", "deep");
        Link("bad", target);

        AssertProblem(code, target);
    }

    [Fact]
    public void A_name_that_is_not_UTF8_is_refused()
    {
        string folder = _directory.Path;
        using Process shell = Process.Start("/bin/sh", ["-c", @"printf x > ""$(printf '%s/bad\377' ""$1"")""", "sh", folder])!;
        shell.WaitForExit();

        AssertProblem("MURDER0205", "UTF-8");
    }

    [Theory]
    [InlineData("a:b")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    public void A_name_that_is_not_portable_is_refused(string name)
    {
        Write(name, 1);

        AssertProblem("MURDER0205", name.Replace('\n', '?'));
    }

    [Fact]
    public void Pipes_and_sockets_are_refused_without_waiting_for_their_other_end()
    {
        Write("file", 1);
        using Process mkfifo = Process.Start("mkfifo", [_directory.Combine("pipe")])!;
        mkfifo.WaitForExit();
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_directory.Combine("socket")));

        IReadOnlyList<Problem> problems = Assert.Throws<DeploymentException>(Read).Problems;

        Assert.Equal(["MURDER0206", "MURDER0206"], problems.Select(problem => problem.Code));
        Assert.Equal(["'pipe'", "'socket'"], problems.Select(problem => problem.Text.Split(' ')[0]).Order());
    }

    [Fact]
    public void Unreadable_files_and_folders_are_all_named()
    {
        Mode(_directory.Path, (UnixFileMode)0b111_101_101);
        Write("file", 1);
        Mode(Write("secret", 1), UnixFileMode.None);
        Mode(Write("emptySecret", 0), UnixFileMode.None);
        Write("closed/file", 1);
        Mode(_directory.Combine("closed"), UnixFileMode.None);

        IReadOnlyList<Problem> problems = Nobody.Does(() => Assert.Throws<DeploymentException>(Read).Problems);
        Mode(_directory.Combine("closed"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        Assert.All(problems, problem => Assert.Equal("MURDER0207", problem.Code));
        Assert.Equal(["'closed'", "'emptySecret'", "'secret'"], problems.Select(problem => problem.Text.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Many_problems_are_cut_short()
    {
        for (int at = 0; at < 30; at++)
        {
            Write($"a:{at}", 1);
        }

        IReadOnlyList<Problem> problems = Assert.Throws<DeploymentException>(Read).Problems;

        Assert.Equal(21, problems.Count);
        Assert.Equal("MURDER0210", problems[^1].Code);
    }

    private IReadOnlyList<FileToHash> Read() => PublishDirectory.Read(_directory.Path, CancellationToken.None);

    private string Write(string path, int length) => _directory.Write(path, Encoding.ASCII.GetBytes(new string('x', length)));

    private void Link(string path, string target) => File.CreateSymbolicLink(_directory.Combine(path), target);

    private void AssertProblem(string code, string named)
    {
        Problem problem = Assert.Single(Assert.Throws<DeploymentException>(Read).Problems);
        Assert.Equal(code, problem.Code);
        Assert.Contains(named, problem.Text);
    }

    private static void Mode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }
}
