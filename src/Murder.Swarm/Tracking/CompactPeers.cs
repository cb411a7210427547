using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Murder.Swarm;

/// <summary>Endpoints as tightly packed bytes: 4 + 2 each for IPv4 (BEP 23, <c>peers</c>), 16 + 2 each for IPv6 (BEP 7, <c>peers6</c>).</summary>
internal static class CompactPeers
{
    private const int PortSize = 2;

    /// <summary>Those of the endpoints that belong to the family, in order.</summary>
    public static byte[] Write(IReadOnlyList<IPEndPoint> endpoints, AddressFamily family)
    {
        int addressSize = AddressSize(family);
        byte[] bytes = new byte[(addressSize + PortSize) * endpoints.Count(endpoint => endpoint.AddressFamily == family)];
        int at = 0;
        foreach (IPEndPoint endpoint in endpoints.Where(endpoint => endpoint.AddressFamily == family))
        {
            endpoint.Address.TryWriteBytes(bytes.AsSpan(at), out _);
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at + addressSize), (ushort)endpoint.Port);
            at += addressSize + PortSize;
        }

        return bytes;
    }

    /// <summary>Appends the endpoints, without those of port 0, which nobody listens on; false when the length is no multiple of one endpoint.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, AddressFamily family, List<IPEndPoint> endpoints)
    {
        int addressSize = AddressSize(family);
        int size = addressSize + PortSize;
        for (int at = 0; at + size <= bytes.Length; at += size)
        {
            int port = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + addressSize)..]);
            if (port > 0)
            {
                endpoints.Add(new IPEndPoint(new IPAddress(bytes.Slice(at, addressSize)), port));
            }
        }

        return bytes.Length % size == 0;
    }

    private static int AddressSize(AddressFamily family) => family == AddressFamily.InterNetwork ? 4 : 16;
}
