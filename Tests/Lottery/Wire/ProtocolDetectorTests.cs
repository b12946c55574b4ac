using System.Buffers;
using System.Text;
using Granero.Gateways.Tcp.Wire;
using Xunit;

namespace Granero.Tests.Lottery.Wire;

public sealed class ProtocolDetectorTests
{
    [Fact]
    public void The_first_byte_is_one_of_TLVs_opcodes()
    {
        foreach (var opcode in Enumerable.Range(0, 9).Append(0xFF))
        {
            Assert.Equal(WireProtocol.Tlv, Detect([(byte)opcode]));
        }
    }

    [Theory]
    [InlineData("0|")]
    [InlineData("38|1|Ana")]
    [InlineData("1234567890|")]
    internal void Up_to_ten_digits_and_a_bar_are_the_delimited_protocol(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Assert.Equal(WireProtocol.Delimited, Detect(bytes));
        for (var received = 0; received < text.IndexOf('|', StringComparison.Ordinal); received++)
        {
            Assert.Null(Detect(bytes[..received]));
        }
    }

    [Theory]
    [InlineData("Hello buddy\n")]
    [InlineData("1 line\n")]
    [InlineData("12\n")]
    [InlineData("12345678901")]
    [InlineData("12345678901|")]
    [InlineData("|")]
    [InlineData("\n")]
    [InlineData("ñandú\n")]
    [InlineData("🎲\n")]
    public void Other_text_is_a_line(string text) => Assert.Equal(WireProtocol.Line, Detect(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Everything_else_belongs_to_nobody()
    {
        foreach (var first in new byte[] { 0x0B, 0x0E, 0x1B, 0x1F, 0x7F, 0x80, 0xBF, 0xC0, 0xF5, 0xFE })
        {
            Assert.Equal(Breach.UnknownProtocol, Assert.Throws<WireException>(() => Detect([first])).Breach);
        }
    }

    [Fact]
    public void Every_first_byte_is_judged()
    {
        for (var first = 0; first < 256; first++)
        {
            byte[] bytes = [(byte)first, .. "          |"u8];
            var exception = Record.Exception(() => Assert.NotNull(Detect(bytes)));
            Assert.True(exception is null or WireException);
        }
    }

    private static WireProtocol? Detect(byte[] bytes)
    {
        var buffer = bytes.Length > 1 ? WireSamples.CutEverywhere(bytes) : new ReadOnlySequence<byte>(bytes);
        var isKnown = ProtocolDetector.TryDetect(ref buffer, out var protocol);
        Assert.Equal(bytes.Length, buffer.Length);
        return isKnown ? protocol : null;
    }
}
