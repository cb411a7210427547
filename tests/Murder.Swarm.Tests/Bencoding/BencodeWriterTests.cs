using System.Text;

namespace Murder.Swarm.Tests;

public class BencodeWriterTests
{
    [Fact]
    public void Values_are_written_as_BEP_3_says()
    {
        byte[] text = new BencodeWriter()
            .BeginDictionary()
            .WriteKey("a"u8).WriteInteger(long.MinValue)
            .WriteKey("b"u8).BeginList().WriteInteger(0).WriteString("ü").End()
            .WriteKey("c"u8).BeginDictionary().End()
            .End()
            .ToArray();

        Assert.Equal("d1:ai-9223372036854775808e1:bli0e2:üe1:cdee", Encoding.UTF8.GetString(text));
    }

    [Fact]
    public void A_writer_that_would_make_something_else_is_stopped()
    {
        Refused(writer => writer.BeginDictionary().WriteKey("b"u8).WriteInteger(1).WriteKey("a"u8));
        Refused(writer => writer.BeginDictionary().WriteKey("a"u8).WriteInteger(1).WriteKey("a"u8));
        Refused(writer => writer.BeginDictionary().WriteInteger(1));
        Refused(writer => writer.BeginDictionary().WriteKey("a"u8).WriteKey("b"u8));
        Refused(writer => writer.BeginDictionary().WriteKey("a"u8).End());
        Refused(writer => writer.BeginList().WriteKey("a"u8));
        Refused(writer => writer.WriteKey("a"u8));
        Refused(writer => writer.End());
        Refused(writer => writer.WriteInteger(1).WriteInteger(2));
        Refused(writer => writer.BeginList().ToArray());
        Refused(writer => writer.ToArray());
        Refused(writer =>
        {
            for (int depth = 0; depth <= BencodeValidator.DepthMax; depth++)
            {
                writer.BeginList();
            }
        });
    }

    private static void Refused(Action<BencodeWriter> write) => Assert.Throws<InvalidOperationException>(() => write(new BencodeWriter()));
}
