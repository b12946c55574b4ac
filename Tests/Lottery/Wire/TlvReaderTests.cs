using System.Buffers;
using Granero.Gateways.Tcp.Lottery;
using Granero.Gateways.Tcp.Wire;
using Xunit;

namespace Granero.Tests.Lottery.Wire;

public sealed class TlvReaderTests
{
    private const int Limit = 1 << 20;

    [Fact]
    public void Every_sample_cut_at_every_byte_and_joined_with_every_neighbour_reads_the_same()
    {
        foreach (var first in WireSamples.TlvRequests)
        {
            foreach (var second in WireSamples.TlvRequests)
            {
                byte[] joined = [.. WireSamples.Tlv(first.Opcode, first.Value), .. WireSamples.Tlv(second.Opcode, second.Value)];
                var expected = ReadAll(new ReadOnlySequence<byte>(joined));
                Assert.Equal(2, expected.Count);
                for (var cut = 1; cut < joined.Length; cut++)
                {
                    Assert.Equal(expected, ReadAll(WireSamples.Cut(joined, cut)));
                }

                Assert.Equal(expected, ReadAll(WireSamples.CutEverywhere(joined)));
            }
        }
    }

    [Fact]
    public void A_packet_that_is_not_whole_leaves_the_buffer_as_it_was()
    {
        var packet = WireSamples.Tlv(LotteryOpcode.RegisterBet, WireSamples.Bet);
        for (var received = 0; received < packet.Length; received++)
        {
            var buffer = new ReadOnlySequence<byte>(packet, 0, received);
            Assert.False(TlvReader.TryRead(ref buffer, Limit, out _));
            Assert.Equal(received, buffer.Length);
        }
    }

    [Fact]
    public void The_example_of_the_contract_is_read()
    {
        byte[] packet = [0x01, 0x00, 0x00, 0x00, 0x26, .. "1#Ana#Pérez#30904465#1999-03-17#7574#"u8];
        Assert.Equal(5 + 38, packet.Length);
        var request = Assert.Single(ReadAll(new ReadOnlySequence<byte>(packet)));
        Assert.Equal("RegisterBet None agency 1 bets 1: Ana|Pérez|30904465|1999-03-17|7574", request);
    }

    [Theory]
    [InlineData(Limit + 1u)]
    [InlineData(int.MaxValue)]
    [InlineData(1u << 31)]
    [InlineData(uint.MaxValue)]
    public void A_length_above_the_limit_is_known_from_the_header_alone(uint length)
    {
        var buffer = new ReadOnlySequence<byte>(WireSamples.TlvHeader(LotteryOpcode.RegisterBatch, length));
        Assert.True(TlvReader.TryRead(ref buffer, Limit, out var frame));
        Assert.True(frame.IsOversized);
        Assert.Equal(length, frame.Length);
        Assert.Equal(BetFault.TooLong, TlvCodec.Read(frame).Fault);
    }

    [Fact]
    public void A_value_of_exactly_the_limit_is_read()
    {
        var buffer = new ReadOnlySequence<byte>(WireSamples.Tlv(LotteryOpcode.RegisterBet, new byte[64]));
        Assert.True(TlvReader.TryRead(ref buffer, 64, out var frame));
        Assert.Equal((64, false), (frame.Value.Length, frame.IsOversized));
    }

    [Theory]
    [InlineData(LotteryOpcode.RegisterBet, BetFault.FieldCount)]
    [InlineData(LotteryOpcode.RegisterBatch, BetFault.BatchCount)]
    [InlineData(LotteryOpcode.AgencyReady, BetFault.Agency)]
    [InlineData(LotteryOpcode.AskWinners, BetFault.Agency)]
    internal void A_length_of_zero_is_a_packet_without_fields(LotteryOpcode opcode, BetFault fault)
    {
        var buffer = new ReadOnlySequence<byte>(WireSamples.TlvHeader(opcode, 0));
        Assert.True(TlvReader.TryRead(ref buffer, Limit, out var frame));
        Assert.Equal(fault, TlvCodec.Read(frame).Fault);
        Assert.True(buffer.IsEmpty);
    }

    private static List<string> ReadAll(ReadOnlySequence<byte> buffer)
    {
        var requests = new List<string>();
        while (TlvReader.TryRead(ref buffer, Limit, out var frame))
        {
            requests.Add(WireSamples.Describe(TlvCodec.Read(frame)));
        }

        Assert.True(buffer.IsEmpty);
        return requests;
    }
}
