using System.Buffers;
using System.Text;
using Granero.Gateways.Tcp.Wire;
using Xunit;

namespace Granero.Tests.Lottery.Wire;

public sealed class DelimitedReaderTests
{
    private const int Limit = 1 << 20;

    [Fact]
    public void Every_sample_cut_at_every_byte_and_joined_with_every_neighbour_reads_the_same()
    {
        foreach (var first in WireSamples.DelimitedPayloads)
        {
            foreach (var second in WireSamples.DelimitedPayloads)
            {
                byte[] joined = [.. WireSamples.Delimited(first), .. WireSamples.Delimited(second)];
                for (var cut = 1; cut < joined.Length; cut++)
                {
                    Assert.Equal([first, second], ReadAll(WireSamples.Cut(joined, cut), out var left));
                    Assert.Equal(0, left);
                }

                Assert.Equal([first, second], ReadAll(WireSamples.CutEverywhere(joined), out _));
            }
        }
    }

    [Fact]
    public void What_is_not_whole_is_left_where_it_was()
    {
        var first = WireSamples.Delimited(WireSamples.DelimitedPayloads[0]);
        byte[] joined = [.. first, .. WireSamples.Delimited(WireSamples.DelimitedPayloads[1])];
        for (var received = 0; received < joined.Length; received++)
        {
            var whole = received < first.Length ? 0 : 1;
            Assert.Equal(whole, ReadAll(new ReadOnlySequence<byte>(joined, 0, received), out var left).Count);
            Assert.Equal(received - (whole * first.Length), left);
        }
    }

    [Theory]
    [InlineData("|x")]
    [InlineData("-1|x")]
    [InlineData("+1|x")]
    [InlineData(" 1|x")]
    [InlineData("1 |x")]
    [InlineData("0x10|x")]
    [InlineData("00000000000")]
    public void A_header_that_is_no_length_is_a_broken_protocol(string text) =>
        Assert.Equal(Breach.MalformedHeader, Refused(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_header_without_end_is_refused_after_eleven_bytes()
    {
        Assert.Empty(ReadAll(new ReadOnlySequence<byte>("0000000001"u8.ToArray()), out _));
        Assert.Equal(Breach.MalformedHeader, Refused("00000000011"u8.ToArray()));
    }

    [Theory]
    [InlineData("1048577|")]
    [InlineData("1048577")]
    [InlineData("2147483647|")]
    [InlineData("2147483648|")]
    [InlineData("4294967295|")]
    [InlineData("9999999999")]
    [InlineData("12345678901|x")]
    public void A_length_above_the_limit_is_refused_before_its_bytes_come(string header) =>
        Assert.Equal(Breach.FrameTooLong, Refused(Encoding.UTF8.GetBytes(header)));

    [Theory]
    [InlineData("0|", "")]
    [InlineData("0000000003|abc", "abc")]
    [InlineData("2|||", "||")]
    public void Odd_but_whole_messages_are_read(string text, string payload)
    {
        Assert.Equal([payload], ReadAll(WireSamples.CutEverywhere(Encoding.UTF8.GetBytes(text)), out var left));
        Assert.Equal(0, left);
    }

    [Fact]
    public void Random_streams_cut_at_random_are_read_back_as_they_were_written()
    {
        var random = new Random(1_234);
        for (var round = 0; round < 300; round++)
        {
            var payloads = Enumerable.Range(0, random.Next(1, 30)).Select(_ => new string((char)random.Next(32, 0x2FF), random.Next(0, 300))).ToArray();
            byte[] stream = [.. payloads.SelectMany(WireSamples.Delimited)];
            var places = Enumerable.Range(0, random.Next(0, 20)).Select(_ => random.Next(stream.Length)).Order().ToArray();
            Assert.Equal(payloads, ReadAll(WireSamples.Cut(stream, places), out _));
        }
    }

    private static Breach Refused(byte[] bytes)
    {
        var whole = Assert.Throws<WireException>(() => ReadAll(new ReadOnlySequence<byte>(bytes), out _)).Breach;
        Assert.Equal(whole, Assert.Throws<WireException>(() => ReadAll(WireSamples.CutEverywhere(bytes), out _)).Breach);
        return whole;
    }

    private static List<string> ReadAll(ReadOnlySequence<byte> buffer, out long left)
    {
        var payloads = new List<string>();
        using var reader = new DelimitedReader(buffer, Limit);
        while (reader.TryRead(out var payload))
        {
            payloads.Add(Encoding.UTF8.GetString(payload));
        }

        left = buffer.Slice(reader.Consumed).Length;
        return payloads;
    }
}
