using System.Text;
using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>A shell script that speaks as much of the agent's protocol as the bootstrap and the channel need: hello, pong, bye. Packed like the real one.</summary>
internal static class StubAgent
{
    public const string NoOffer = """{"type":"failed","failure":"PlatformUnsupported","detail":"a stub hands nothing on"}""";

    /// <summary>Says hello, answers pings, and leaves a file with the word it ended with where MURDER_TEST_END points.</summary>
    public static string Script(int protocol = AgentProtocol.Version, string extra = "", int padding = 0) => $$"""
        #!/bin/sh
        # {{new string('x', padding)}}
        echo '{"type":"hello","protocol":{{protocol}},"version":"0.0-stub","processId":'$$',"sha256":"","rid":"linux-x64","cores":1,"deployerAddress":"'${SSH_CONNECTION%% *}'","hostAddress":null}'
        {{extra}}
        while read -r line; do
            case $line in
                *'"ping"'*) n=${line##*:}; echo '{"type":"pong","sequence":'${n%%\}*}'}' ;;
                *'"die"'* | *'"abort"'*) echo 'out of luck' >&2; exit 7 ;;
                *'"stop"'*) echo '{"type":"bye"}'; exit 0 ;;
                *'"offer"'*) echo '{{NoOffer}}' ;;
                *'"status"'*) echo '{"type":"status","current":null,"previous":null,"staged":["'"$0"'"],"partial":["'$(umask)'"],"freeBytes":0,"lockedBy":null}' ;;
            esac
        done
        """ + "\n";

    public static AgentPackage Package(string? script = null, string rid = "linux-x64")
    {
        using TestDirectory agents = new();
        PackedAgent.Write(agents.Combine(rid), Encoding.UTF8.GetBytes(script ?? Script()));
        return AgentPackage.ReadAll(agents.Path)[0];
    }
}
