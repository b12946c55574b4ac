using System.Buffers;
using Granero.Gateways.Tcp.Wire;
using Xunit;

namespace Granero.Tests.Lottery.Wire;

public sealed class LineReaderTests
{
    [Fact]
    public void A_line_cut_at_every_byte_is_read_up_to_its_end()
    {
        var text = "Hello, añejo buddy\nand more"u8.ToArray();
        for (var cut = 1; cut < text.Length; cut++)
        {
            var buffer = WireSamples.Cut(text, cut);
            Assert.True(new LineReader(100).TryRead(ref buffer, out var line));
            Assert.Equal("Hello, añejo buddy\n"u8.ToArray(), line);
            Assert.Equal("and more"u8.ToArray(), buffer.ToArray());
        }
    }

    [Fact]
    public void A_line_that_comes_byte_by_byte_is_searched_once()
    {
        var text = "buddy\n"u8.ToArray();
        var lines = new LineReader(100);
        for (var received = 1; received < text.Length; received++)
        {
            var cut = new ReadOnlySequence<byte>(text[..received]);
            Assert.False(lines.TryRead(ref cut, out _));
        }

        var whole = new ReadOnlySequence<byte>(text);
        Assert.True(lines.TryRead(ref whole, out var line));
        Assert.Equal(text, line);
    }

    [Fact]
    public void A_line_may_be_as_long_as_the_limit_and_no_longer()
    {
        var buffer = new ReadOnlySequence<byte>("1234567\n"u8.ToArray());
        Assert.True(new LineReader(8).TryRead(ref buffer, out _));

        var unfinished = new ReadOnlySequence<byte>("1234567"u8.ToArray());
        Assert.False(new LineReader(8).TryRead(ref unfinished, out _));

        var longer = new ReadOnlySequence<byte>("12345678\n"u8.ToArray());
        Assert.Equal(Breach.FrameTooLong, Assert.Throws<WireException>(() => new LineReader(8).TryRead(ref longer, out _)).Breach);
    }
}
