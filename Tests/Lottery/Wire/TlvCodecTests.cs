using System.Buffers;
using System.Text;
using Granero.Gateways.Tcp.Lottery;
using Granero.Gateways.Tcp.Wire;
using Xunit;

namespace Granero.Tests.Lottery.Wire;

public sealed class TlvCodecTests
{
    /// <summary>Fields of a bet, and what is wrong with them.</summary>
    public static TheoryData<string, string> WrongBets { get; } = new()
    {
        { "0#Ana#Pérez#30904465#1999-03-17#7574#", "Agency" },
        { "abc#Ana#Pérez#30904465#1999-03-17#7574#", "Agency" },
        { "-1#Ana#Pérez#30904465#1999-03-17#7574#", "Agency" },
        { "+1#Ana#Pérez#30904465#1999-03-17#7574#", "Agency" },
        { " 1#Ana#Pérez#30904465#1999-03-17#7574#", "Agency" },
        { "#Ana#Pérez#30904465#1999-03-17#7574#", "Agency" },
        { "2147483648#Ana#Pérez#30904465#1999-03-17#7574#", "Agency" },
        { "1#Ana#Pérez##1999-03-17#7574#", "Document" },
        { "1#Ana#Pérez#30904465#2001-02-30#7574#", "Birthdate" },
        { "1#Ana#Pérez#30904465#1900-02-29#7574#", "Birthdate" },
        { "1#Ana#Pérez#30904465#1999-13-01#7574#", "Birthdate" },
        { "1#Ana#Pérez#30904465#1999-00-10#7574#", "Birthdate" },
        { "1#Ana#Pérez#30904465#0000-01-01#7574#", "Birthdate" },
        { "1#Ana#Pérez#30904465#1999-3-17#7574#", "Birthdate" },
        { "1#Ana#Pérez#30904465#17/03/1999#7574#", "Birthdate" },
        { "1#Ana#Pérez#30904465##7574#", "Birthdate" },
        { "1#Ana#Pérez#30904465#1999-03-17 #7574#", "Birthdate" },
        { "1#Ana#Pérez#30904465#1999-03-17#-1#", "Number" },
        { "1#Ana#Pérez#30904465#1999-03-17#99999999999#", "Number" },
        { "1#Ana#Pérez#30904465#1999-03-17#2147483648#", "Number" },
        { "1#Ana#Pérez#30904465#1999-03-17#7.5#", "Number" },
        { "1#Ana#Pérez#30904465#1999-03-17##", "Number" },
        { "1#Ana#Pérez#30904465#1999-03-17#", "FieldCount" },
        { "1#Ana#Pérez#30904465#1999-03-17#7574", "FieldCount" },
        { "1#Ana#Pérez#30904465#1999-03-17#7574#7#", "FieldCount" },
        { "1#Ana#Pérez#30904465#1999-03-17#7574#7", "FieldCount" },
        { "1#A\0na#Pérez#30904465#1999-03-17#7574#", "NotText" },
    };

    [Theory]
    [MemberData(nameof(WrongBets))]
    public void A_bet_with_a_wrong_field_is_refused(string value, string fault)
    {
        var request = Read(LotteryOpcode.RegisterBet, value);
        Assert.Equal((fault, null), (request.Fault.ToString(), request.Batch));
    }

    [Theory]
    [InlineData("1#@0#0#A#B#1#1999-03-17#1#", "Agency", 1)]
    [InlineData("2#@0#1#A#B#1#1999-03-17#1#@1#2#A#B#1#1999-03-17#1#", "OtherAgency", 2)]
    [InlineData("2#@0#1#A#B#1#1999-03-17#1#@1#1#A#B#1#2001-02-30#1#", "Birthdate", 2)]
    [InlineData("1#@1#1#A#B#1#1999-03-17#1#", "Index", 1)]
    [InlineData("1#0#1#A#B#1#1999-03-17#1#X", "Index", 1)]
    [InlineData("1#@#1#A#B#1#1999-03-17#1#XX", "Index", 1)]
    [InlineData("2#@0#1#A#B#1#1999-03-17#1#@0#1#A#B#1#1999-03-17#1#", "Index", 2)]
    [InlineData("2#@0#1#Anastasia#Hernández Bermúdez#30904465#1999-03-17#1#", "Index", 2)]
    [InlineData("1#@0#1#A#B#1#1999-03-17#1#@1#1#A#B#1#1999-03-17#1#", "BatchCount", 1)]
    [InlineData("0#@0#1#A#B#1#1999-03-17#1#", "BatchCount", 0)]
    [InlineData("1#", "BatchCount", 1)]
    [InlineData("2147483647#@0#1#A#B#1#1999-03-17#1#", "BatchCount", 2147483647)]
    [InlineData("-1#@0#1#A#B#1#1999-03-17#1#", "BatchCount", 0)]
    [InlineData("x#", "BatchCount", 0)]
    [InlineData("1", "BatchCount", 0)]
    [InlineData("1#@0#1#A#B#1#1999-03-17#1", "FieldCount", 1)]
    [InlineData("1#@0#1#A#B#1#1999-03-17#", "FieldCount", 1)]
    [InlineData("1#@0#1#A#B#1#1999-03-17#1#7#", "BatchCount", 1)]
    public void A_batch_with_anything_wrong_is_refused_whole(string value, string fault, int bets)
    {
        var request = Read(LotteryOpcode.RegisterBatch, value);
        Assert.Equal((fault, bets, null), (request.Fault.ToString(), request.Bets, request.Batch));
    }

    [Theory]
    [MemberData(nameof(WrongBets))]
    public void A_wrong_bet_in_the_middle_spoils_its_batch(string bet, string fault)
    {
        var request = Read(LotteryOpcode.RegisterBatch, $"3#@0#{WireSamples.Bet}@1#{bet}@2#{WireSamples.Bet}");
        Assert.Null(request.Batch);

        // A missing or additional field shows where the next one was expected.
        Assert.True(request.Fault.ToString() == fault || fault == "FieldCount", $"{request.Fault}");
    }

    [Fact]
    public void The_empty_batch_is_no_fault_and_nothing_to_store()
    {
        var request = Read(LotteryOpcode.RegisterBatch, "0#");
        Assert.Equal((BetFault.None, 0, null), (request.Fault, request.Bets, request.Batch));
    }

    [Theory]
    [InlineData("1#Ana#Pérez#30904465#1999-03-17#0#")]
    [InlineData("2147483647#Ana#Pérez#30904465#1999-03-17#2147483647#")]
    [InlineData("1###1#0001-01-01#1#")]
    [InlineData("1#Ana|María#O'Higgins \"x\"#DNI 30.904.465#9999-12-31#1#")]
    [InlineData("1#日本#🎲#1#2024-02-29#1#")]
    public void Any_text_and_the_ends_of_the_ranges_are_taken(string value)
    {
        var request = Read(LotteryOpcode.RegisterBet, value);
        Assert.Equal(BetFault.None, request.Fault);
        Assert.Equal(value, $"{request.Agency}#{WireSamples.Describe(request.Batch).Replace('|', '#')}#".Replace("Ana#María", "Ana|María", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(new byte[] { 0xC3 })]
    [InlineData(new byte[] { 0xC0, 0xAF })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0x00 })]
    public void Wrong_utf8_and_NUL_are_refused_in_any_field(byte[] wrong)
    {
        byte[] value = [.. "1#An"u8, .. wrong, .. "a#Pérez#30904465#1999-03-17#7574#"u8];
        Assert.Equal(BetFault.NotText, Read(LotteryOpcode.RegisterBet, value).Fault);
    }

    [Theory]
    [InlineData("")]
    [InlineData("#")]
    [InlineData("0#")]
    [InlineData("1")]
    [InlineData("1#2#")]
    [InlineData("abc#")]
    [InlineData("-1#")]
    [InlineData("99999999999#")]
    public void Ready_and_winners_want_one_agency(string value)
    {
        Assert.Equal(BetFault.Agency, Read(LotteryOpcode.AgencyReady, value).Fault);
        Assert.Equal(BetFault.Agency, Read(LotteryOpcode.AskWinners, value).Fault);
    }

    [Fact]
    public void Each_batch_has_an_id_of_its_own()
    {
        var ids = Enumerable.Range(0, 100).Select(_ => Read(LotteryOpcode.RegisterBet, WireSamples.Bet).Batch!.Id).ToHashSet();
        Assert.Equal(100, ids.Count);
    }

    [Fact]
    public void Random_batches_are_read_back_as_they_were_written()
    {
        var random = new Random(20_240_229);
        for (var round = 0; round < 200; round++)
        {
            var bets = Enumerable.Range(0, random.Next(1, 60)).Select(_ => RandomBet(random)).ToArray();
            var value = $"{bets.Length}#" + string.Concat(bets.Select((bet, i) => $"@{i}#9#{bet}#"));
            var bytes = Encoding.UTF8.GetBytes(value);
            var request = TlvCodec.Read(new TlvFrame(3, (uint)bytes.Length, WireSamples.Cut(bytes, random.Next(bytes.Length)), IsOversized: false));
            Assert.Equal((BetFault.None, 9, bets.Length), (request.Fault, request.Agency, request.Bets));
            Assert.Equal(bets, WireSamples.Describe(request.Batch).Replace('|', '#').Split('\n'));
        }
    }

    [Fact]
    public void Random_damage_to_a_batch_is_refused_or_harmless_but_never_an_exception()
    {
        var random = new Random(7574);
        var good = Encoding.UTF8.GetBytes(WireSamples.Batch(agency: 3, bets: 5));
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = (byte[])good.Clone();
            for (var damage = random.Next(1, 4); damage > 0; damage--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var request = Read(LotteryOpcode.RegisterBatch, bytes);
            Assert.True((request.Fault == BetFault.None) == (request.Batch is not null) || request.Bets == 0);
            Assert.True(request.Batch is null || request.Batch.Numbers.Length == request.Bets);
        }
    }

    private static string RandomBet(Random random)
    {
        var name = string.Concat(Enumerable.Range(0, random.Next(0, 12)).Select(_ => "aZ ñéÜ日🎲"[random.Next(7)]));
        var date = DateOnly.FromDayNumber(random.Next(DateOnly.MaxValue.DayNumber));
        return $"{name}#{name}x#{random.Next(1, int.MaxValue)}#{date:yyyy-MM-dd}#{random.Next()}";
    }

    private static TlvRequest Read(LotteryOpcode opcode, string value) => Read(opcode, Encoding.UTF8.GetBytes(value));

    private static TlvRequest Read(LotteryOpcode opcode, byte[] value) =>
        TlvCodec.Read(new TlvFrame((byte)opcode, (uint)value.Length, new ReadOnlySequence<byte>(value), IsOversized: false));
}
