using System.Threading.Channels;
using Murder.PeerHost.Contract;

namespace Murder.PeerHost;

/// <summary>
/// The agent's end of the control channel. A thread of its own reads commands: it answers pings itself and hands a stop or an abort to
/// <see cref="Ending"/>, so that both are heard whatever a verb is doing, and queues the rest. Events may be sent from any thread. The
/// end of either stream means that the deployer is gone.
/// </summary>
internal sealed class ControlChannel(Stream input, Stream output, Lease lease, Ending ending) : IEventSink
{
    /// <summary>Commands that may wait while one is carried out. A deployer waits for the answer to each.</summary>
    private const int CommandsWaitingMax = 16;

    /// <summary>Answers of the tracker that may wait; an agent waits for one at a time.</summary>
    private const int AnnouncedWaitingMax = 4;

    private readonly Channel<AgentCommand> _commands = Channel.CreateBounded<AgentCommand>(CommandsWaitingMax);
    private readonly Channel<AnnouncedCommand> _announced =
        Channel.CreateBounded<AnnouncedCommand>(new BoundedChannelOptions(AnnouncedWaitingMax) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly Lock _writing = new();
    private bool _isOutputLost;

    /// <summary>Commands in the order they came, but those that are heard at any moment.</summary>
    public ChannelReader<AgentCommand> Commands => _commands.Reader;

    /// <summary>What the deployer's tracker answered; ends when the deployer is gone.</summary>
    public ChannelReader<AnnouncedCommand> Announced => _announced.Reader;

    /// <summary>What the stop said of old releases; set before the ending is called for.</summary>
    public int? KeepReleases { get; private set; }

    /// <summary>Starts to read. The thread cannot be woken from its read: it ends with the process.</summary>
    public void Listen() => new Thread(Read) { IsBackground = true, Name = "commands" }.Start();

    public void Send(AgentEvent agentEvent)
    {
        byte[] line = [.. AgentJson.Write(agentEvent), (byte)'\n'];
        lock (_writing)
        {
            if (_isOutputLost)
            {
                return;
            }

            try
            {
                output.Write(line);
                output.Flush();
            }
            catch (IOException)
            {
                // Expected: EPIPE. The same as the end of stdin, which may come later or never.
                _isOutputLost = true;
                ending.Request(EndReason.DeployerGone);
            }
        }
    }

    private void Read()
    {
        try
        {
            // Every part of a line or a metainfo renews the lease: a metainfo of many megabytes on a slow link holds back the pings behind it.
            LineReader reader = new(input, AgentProtocol.CommandLineBytesMax, lease.Renew);
            while (reader.ReadLine() is { } line)
            {
                AgentCommand? command = AgentJson.ReadCommand(line.Span);
                Take(command is MetainfoCommand described ? described with { Metainfo = ReadMetainfo(reader, described.MetainfoLength) } : command);
            }
        }
        catch (InvalidDataException e)
        {
            Refuse(e.Message);
        }
        catch (IOException)
        {
            // Expected: the connection that carried stdin broke.
        }

        _announced.Writer.TryComplete();
        ending.Request(EndReason.DeployerGone);
    }

    private static byte[] ReadMetainfo(LineReader reader, int length)
    {
        if (length is < 0 or > AgentProtocol.MetainfoBytesMax)
        {
            throw new InvalidDataException($"a metainfo of {length} bytes");
        }

        byte[] metainfo = new byte[length];
        return reader.TryReadBytes(metainfo) ? metainfo : throw new EndOfStreamException();
    }

    private void Take(AgentCommand? command)
    {
        switch (command)
        {
            case null:
                Refuse("a line is not a command");
                break;
            case PingCommand ping:
                Send(new AgentPong(ping.Sequence));
                break;
            case AnnouncedCommand announced:
                _announced.Writer.TryWrite(announced);
                break;
            case StopCommand stop:
                KeepReleases = stop.KeepReleases;
                ending.Request(EndReason.Stop);
                break;
            case AbortCommand:
                ending.Request(EndReason.Abort);
                break;
            default:
                if (!_commands.Writer.TryWrite(command))
                {
                    Refuse($"more than {CommandsWaitingMax} commands wait");
                }

                break;
        }
    }

    private void Refuse(string what) =>
        Send(new AgentFailed(HostFailure.ProtocolMismatch, $"{what}; this agent speaks protocol {AgentProtocol.Version}"));
}
