using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Murder.Deploy;

/// <summary>What the command <c>cksum</c> prints (POSIX, XCU, cksum): a CRC of 32 bits over the bytes and their number. Eight bytes a step.</summary>
internal sealed class PosixChecksum
{
    private const uint Polynomial = 0x04C11DB7;
    private const int Step = 8;

    private static readonly uint[][] s_tables = MakeTables();

    private uint _crc;
    private long _length;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // or what is called a hundred times would run as the first compilation has it
    public void Append(ReadOnlySpan<byte> bytes)
    {
        _length += bytes.Length;
        for (; bytes.Length >= Step; bytes = bytes[Step..])
        {
            uint first = _crc ^ BinaryPrimitives.ReadUInt32BigEndian(bytes);
            uint second = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
            _crc = s_tables[7][first >> 24] ^ s_tables[6][(byte)(first >> 16)] ^ s_tables[5][(byte)(first >> 8)] ^ s_tables[4][(byte)first]
                ^ s_tables[3][second >> 24] ^ s_tables[2][(byte)(second >> 16)] ^ s_tables[1][(byte)(second >> 8)] ^ s_tables[0][(byte)second];
        }

        foreach (byte next in bytes)
        {
            Append(next);
        }
    }

    /// <summary>To be called once, at the end.</summary>
    public uint Finish()
    {
        for (long left = _length; left > 0; left >>= 8)
        {
            Append((byte)left);
        }

        return ~_crc;
    }

    private void Append(byte next) => _crc = (_crc << 8) ^ s_tables[0][(byte)(_crc >> 24) ^ next];

    /// <summary>In each, what a byte comes to that so many others follow.</summary>
    private static uint[][] MakeTables()
    {
        uint[][] tables = new uint[Step][];
        for (int followers = 0; followers < Step; followers++)
        {
            tables[followers] = new uint[256];
            for (uint value = 0; value < 256; value++)
            {
                uint crc = followers == 0 ? value << 24 : tables[followers - 1][value];
                for (int bit = 0; bit < 8; bit++)
                {
                    crc = (crc << 1) ^ ((crc >> 31) * Polynomial);
                }

                tables[followers][value] = crc;
            }
        }

        return tables;
    }
}
