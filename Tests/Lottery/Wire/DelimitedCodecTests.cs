using System.Buffers;
using System.Text;
using Granero.Gateways.Tcp.Lottery;
using Granero.Gateways.Tcp.Wire;
using Xunit;

namespace Granero.Tests.Lottery.Wire;

public sealed class DelimitedCodecTests
{
    private const string Fields = "1|Ana|Pérez|30904465|1999-03-17|7574";

    [Theory]
    [InlineData("0|Ana|Pérez|30904465|1999-03-17|7574")]
    [InlineData("abc|Ana|Pérez|30904465|1999-03-17|7574")]
    [InlineData("1|Ana|Pérez||1999-03-17|7574")]
    [InlineData("1|Ana|Pérez|309#04465|1999-03-17|7574")]
    [InlineData("1|Ana|Pérez|30904465|2001-02-30|7574")]
    [InlineData("1|Ana|Pérez|30904465|1999-03-17|-1")]
    [InlineData("1|Ana|Pérez|30904465|1999-03-17|99999999999")]
    [InlineData("1|Ana|Pérez|30904465|1999-03-17")]
    [InlineData("1|Ana|Pérez|30904465|1999-03-17|7574|7")]
    [InlineData("1|Ana|Pérez|30904465|1999-03-17|7574|")]
    [InlineData("1|A\0na|Pérez|30904465|1999-03-17|7574")]
    [InlineData("")]
    [InlineData("ACK")]
    public void A_bet_with_a_wrong_field_is_a_broken_protocol(string fields)
    {
        foreach (var payload in new[] { fields, fields + "\n", fields + "\r\n" })
        {
            var broken = Assert.Throws<WireException>(() => Read(new DelimitedCodec(1, 1 << 20), WireSamples.Delimited(payload)));
            Assert.Equal(Breach.MalformedMessage, broken.Breach);
        }
    }

    [Fact]
    public void Wrong_utf8_is_a_broken_protocol()
    {
        byte[] payload = [.. "1|An"u8, 0xC3, .. "a|P|30904465|1999-03-17|7574\n"u8];
        byte[] message = [.. Encoding.ASCII.GetBytes($"{payload.Length}|"), .. payload];
        var broken = Assert.Throws<WireException>(() => Read(new DelimitedCodec(1, 1 << 20), message));
        Assert.Equal(Breach.MalformedMessage, broken.Breach);
    }

    [Fact]
    public void A_batch_is_complete_with_every_Nth_bet_and_not_before()
    {
        var codec = new DelimitedCodec(ackEvery: 3, maxBytes: 1 << 20);
        var message = WireSamples.Delimited(Fields + "\n");
        for (var bet = 1; bet <= 9; bet++)
        {
            var request = Read(codec, message);
            Assert.Equal(bet % 3 == 0 ? 3 : null, request?.Batch?.Numbers.Length);
        }
    }

    [Fact]
    public void Bets_beyond_the_Nth_wait_for_the_next_batch()
    {
        var codec = new DelimitedCodec(ackEvery: 2, maxBytes: 1 << 20);
        var stream = new ReadOnlySequence<byte>([.. Enumerable.Range(0, 5).SelectMany(i => WireSamples.Delimited($"1|a|b|{i + 1}|1999-03-17|{i}\r\n"))]);
        Assert.True(codec.TryRead(ref stream, out var first));
        Assert.True(codec.TryRead(ref stream, out var second));
        Assert.False(codec.TryRead(ref stream, out _));
        Assert.Equal([[0, 1], [2, 3]], new[] { first.Batch!.Numbers, second.Batch!.Numbers });
        Assert.True(stream.IsEmpty);
        Assert.NotEqual(first.Batch.Id, second.Batch.Id);

        var rest = Read(codec, WireSamples.Delimited("EOF\n"));
        Assert.Equal("a|b|5|1999-03-17|4", WireSamples.Describe(rest!.Value.Batch));
        Assert.True(rest.Value.IsEnd);
    }

    [Fact]
    public void A_bet_without_line_end_comes_alone_and_does_not_count()
    {
        var codec = new DelimitedCodec(ackEvery: 2, maxBytes: 1 << 20);
        Assert.Null(Read(codec, WireSamples.Delimited(Fields + "\n")));
        var alone = Read(codec, WireSamples.Delimited(Fields));
        Assert.Equal((true, 1), (alone!.Value.IsAlone, alone.Value.Batch!.Numbers.Length));
        Assert.Equal(2, Read(codec, WireSamples.Delimited(Fields + "\n"))!.Value.Batch!.Numbers.Length);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("")]
    public void A_bet_of_another_agency_is_a_broken_protocol(string end)
    {
        var codec = new DelimitedCodec(ackEvery: 40, maxBytes: 1 << 20);
        Assert.Null(Read(codec, WireSamples.Delimited(Fields + "\n")));
        Assert.Throws<WireException>(() => Read(codec, WireSamples.Delimited("2|Ana|Pérez|30904465|1999-03-17|7574" + end)));
    }

    [Fact]
    public void EOF_before_any_bet_is_a_broken_protocol()
    {
        var broken = Assert.Throws<WireException>(() => Read(new DelimitedCodec(40, 1 << 20), WireSamples.Delimited("EOF\n")));
        Assert.Equal(Breach.UnexpectedMessage, broken.Breach);
    }

    [Fact]
    public void EOF_right_after_an_ack_has_nothing_to_store()
    {
        var codec = new DelimitedCodec(ackEvery: 1, maxBytes: 1 << 20);
        Assert.NotNull(Read(codec, WireSamples.Delimited(Fields + "\n"))?.Batch);
        Assert.Equal(new DelimitedRequest(null, IsEnd: true), Read(codec, WireSamples.Delimited("EOF\r\n")));
    }

    [Fact]
    public void Bets_that_wait_for_an_ack_may_not_grow_without_end()
    {
        var codec = new DelimitedCodec(ackEvery: 1_000_000, maxBytes: 4096);
        var message = WireSamples.Delimited(Fields + "\n");
        var broken = Assert.Throws<WireException>(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                Read(codec, message);
            }
        });
        Assert.Equal(Breach.FrameTooLong, broken.Breach);
    }

    private static DelimitedRequest? Read(DelimitedCodec codec, byte[] message)
    {
        var buffer = new ReadOnlySequence<byte>(message);
        var isComplete = codec.TryRead(ref buffer, out var request);
        Assert.True(buffer.IsEmpty);
        return isComplete ? request : null;
    }
}
