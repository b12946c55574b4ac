namespace Granero.Gateways.Tcp.Lottery;

/// <summary>What is wrong with a message that carries bets; also the tag under which refused requests are counted.</summary>
internal enum BetFault
{
    None,
    NotText,
    FieldCount,
    Agency,
    OtherAgency,
    Document,
    Birthdate,
    Number,
    Index,
    BatchCount,
    TooLong,
}
