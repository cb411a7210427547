using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Murder.Deploy;

/// <summary>A key that an agent holds.</summary>
/// <param name="Blob">public key or certificate, RFC 4253, section 6.6</param>
internal sealed record AgentKey(byte[] Blob, string Comment);

/// <summary>
/// Speaks with an ssh-agent over its socket (draft-miller-ssh-agent): lists its keys and has it sign, so that a key never leaves it. One
/// connection a question, as agents are asked rarely. Blocks; to be called from a thread that may.
/// </summary>
internal sealed class SshKeyAgent(string socket)
{
    /// <summary>RSA signatures with SHA-256.</summary>
    public const int RsaSha256 = 2;

    /// <summary>RSA signatures with SHA-512.</summary>
    public const int RsaSha512 = 4;

    private const byte RequestIdentities = 11;
    private const byte IdentitiesAnswer = 12;
    private const byte SignRequest = 13;
    private const byte SignResponse = 14;
    private const int AnswerBytesMax = 256 * 1024; // as OpenSSH's agent
    private const int AnswerMilliseconds = 10_000; // some ask a person, or a device that has to be touched

    public string Socket => socket;

    /// <exception cref="IOException">it cannot be reached or understood</exception>
    public IReadOnlyList<AgentKey> Keys()
    {
        AnswerReader answer = Ask([RequestIdentities], IdentitiesAnswer);
        AgentKey[] keys = new AgentKey[answer.Count()];
        for (int key = 0; key < keys.Length; key++)
        {
            keys[key] = new AgentKey(answer.String().ToArray(), Encoding.UTF8.GetString(answer.String()));
        }

        return keys;
    }

    /// <returns>the signature as it stands in an authentication request: its algorithm, then the bytes</returns>
    /// <exception cref="IOException">it cannot be reached, or does not sign</exception>
    public byte[] Sign(byte[] keyBlob, byte[] data, int flags)
    {
        byte[] request = new byte[1 + 4 + keyBlob.Length + 4 + data.Length + 4];
        request[0] = SignRequest;
        int at = Put(request, 1, keyBlob);
        at = Put(request, at, data);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(at), flags);
        return Ask(request, SignResponse).String().ToArray();
    }

    private static int Put(byte[] target, int at, byte[] text)
    {
        BinaryPrimitives.WriteInt32BigEndian(target.AsSpan(at), text.Length);
        text.CopyTo(target, at + 4);
        return at + 4 + text.Length;
    }

    private AnswerReader Ask(ReadOnlySpan<byte> request, byte expected)
    {
        try
        {
            using Socket agent = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = AnswerMilliseconds, SendTimeout = AnswerMilliseconds };
            agent.Connect(new UnixDomainSocketEndPoint(socket));
            using NetworkStream stream = new(agent);
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, request.Length);
            stream.Write(length);
            stream.Write(request);
            stream.ReadExactly(length);
            int size = BinaryPrimitives.ReadInt32BigEndian(length);
            if (size is < 1 or > AnswerBytesMax)
            {
                throw new IOException("its answer has no sensible length");
            }

            byte[] answer = new byte[size];
            stream.ReadExactly(answer);
            return answer[0] == expected ? new AnswerReader(answer) : throw new IOException("it refuses");
        }
        catch (Exception e) when (e is SocketException or IOException or ArgumentException)
        {
            throw new IOException($"the agent at {socket} does not help: {e.Message}", e);
        }
    }

    /// <summary>Strings with their lengths before them, after the byte that names the message.</summary>
    private sealed class AnswerReader(byte[] answer)
    {
        private int _at = 1;

        public int Count() => checked((int)Math.Min(Number(), (uint)answer.Length));

        public ReadOnlySpan<byte> String()
        {
            uint length = Number();
            if (length > answer.Length - _at)
            {
                throw new IOException("its answer is cut short");
            }

            _at += (int)length;
            return answer.AsSpan(_at - (int)length, (int)length);
        }

        private uint Number()
        {
            if (answer.Length - _at < 4)
            {
                throw new IOException("its answer is cut short");
            }

            _at += 4;
            return BinaryPrimitives.ReadUInt32BigEndian(answer.AsSpan(_at - 4));
        }
    }
}
