using System.Buffers;
using System.Text;
using Granero.Gateways.Tcp.Wire;
using Xunit;

namespace Granero.Tests.Lottery.Wire;

public sealed class WriterTests
{
    private readonly ArrayBufferWriter<byte> _output = new();

    [Fact]
    public void An_ack_is_five_bytes()
    {
        TlvWriter.WriteEmpty(_output, 2);
        Assert.Equal([2, 0, 0, 0, 0], _output.WrittenSpan.ToArray());
    }

    [Fact]
    public void No_winners_are_a_single_end_of_item()
    {
        TlvWriter.WriteList(_output, 7, []);
        Assert.Equal([7, 0, 0, 0, 1, (byte)'#'], _output.WrittenSpan.ToArray());
    }

    [Fact]
    public void A_list_ends_each_item()
    {
        TlvWriter.WriteList(_output, 7, ["1", "ñ"]);
        Assert.Equal([7, 0, 0, 0, 5, .. "1#ñ#"u8.ToArray()], _output.WrittenSpan.ToArray());
    }

    [Fact]
    public void The_length_of_a_text_is_in_bytes()
    {
        TlvWriter.WriteText(_output, 4, "año");
        Assert.Equal([4, 0, 0, 0, 4, .. "año"u8.ToArray()], _output.WrittenSpan.ToArray());
    }

    [Theory]
    [InlineData("ACK", "3|ACK")]
    [InlineData("WINNERS", "7|WINNERS")]
    [InlineData("30876370", "8|30876370")]
    [InlineData("WINNERS_EOF\n", "12|WINNERS_EOF\n")]
    [InlineData("ñ", "2|ñ")]
    [InlineData("", "0|")]
    public void A_delimited_message_begins_with_its_length_in_bytes(string payload, string message)
    {
        DelimitedWriter.Write(_output, payload);
        Assert.Equal(message, Encoding.UTF8.GetString(_output.WrittenSpan));
    }
}
