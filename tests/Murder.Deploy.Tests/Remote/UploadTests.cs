using System.Diagnostics;
using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>What can come between the first and the last byte of an agent.</summary>
public sealed class UploadTests
{
    /// <summary>A host may say that all has come through before our own thread has come back from writing it.</summary>
    [Fact]
    public async Task A_host_that_answers_before_the_write_has_returned_gets_its_next_command()
    {
        using TestDirectory root = new();
        AgentPackage package = StubAgent.Package(StubAgent.Script(extra: $"# {Guid.NewGuid()}"));
        TargetHost host = new("web1") { Address = "web1", Root = root.Path };
        AgentBootstrap bootstrap = new([package], desk: null, new BootstrapLimits(), TimeProvider.System);

        await using AgentChannel channel = await bootstrap.RunAsync(host, _ => Task.FromResult<IRemoteShell>(new LateShell(package.Gzip.Length)), CancellationToken.None);

        Assert.StartsWith(root.Path, (await SshFixture.WhereAsync(channel)).File, StringComparison.Ordinal);
    }

    /// <summary>A shell of this machine, whose input comes back late from the write of an agent.</summary>
    private sealed class LateShell : IRemoteShell
    {
        private readonly ProcessRemoteShell _shell = ProcessRemoteShell.Start(new ProcessStartInfo("sh"), "late", TimeProvider.System);

        public LateShell(int agentLength) => Input = new InputStream(new LateStream(_shell.Input, agentLength), work => DedicatedThread.RunAsync("late", work));

        public Stream Input { get; }

        public Stream Output => _shell.Output;

        public string ErrorText => _shell.ErrorText;

        public Task<int?> Exited => _shell.Exited;

        public async ValueTask DisposeAsync()
        {
            await Input.DisposeAsync();
            await _shell.DisposeAsync();
        }
    }

    private sealed class LateStream(Stream target, int agentLength) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            target.Write(buffer.ToArray(), 0, buffer.Length);
            if (buffer.Length == agentLength)
            {
                Thread.Sleep(500);
            }
        }

        protected override void Dispose(bool disposing)
        {
            target.Dispose();
            base.Dispose(disposing);
        }
    }
}
