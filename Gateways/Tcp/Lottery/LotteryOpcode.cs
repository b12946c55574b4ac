namespace Granero.Gateways.Tcp.Lottery;

/// <summary>The opcodes of the lottery's TLV protocol (protocols.md, section 1.1).</summary>
internal enum LotteryOpcode : byte
{
    Close = 0,
    RegisterBet = 1,
    Ack = 2,
    RegisterBatch = 3,
    Error = 4,
    AgencyReady = 5,
    AskWinners = 6,
    Winners = 7,
    Busy = 8,
    Corrupted = 0xFF,
}
