using System.Text;
using Granero.Gateways.Tcp.Wire;
using Granero.Lottery;

namespace Granero.Gateways.Tcp.Lottery;

/// <summary>Collects the bets of one agency, column by column, copying them out of the connection's buffers.</summary>
/// <param name="capacity">Bets to make room for; there may be more.</param>
/// <param name="agency">The agency whose bets they must be; 0 to let the first one tell.</param>
internal sealed class BetColumns(int capacity, int agency = 0)
{
    private string[] _firstNames = new string[capacity];
    private string[] _lastNames = new string[capacity];
    private string[] _documents = new string[capacity];
    private DateOnly[] _birthdates = new DateOnly[capacity];
    private int[] _numbers = new int[capacity];

    public int Agency { get; private set; } = agency;

    public int Count { get; private set; }

    /// <summary>Cuts the fields of one bet, each ended by the separator, off the front and adds the bet, unless something is wrong with it.</summary>
    public BetFault Add(ref ReadOnlySpan<byte> rest, byte separator)
    {
        if (!FieldParser.TryCut(ref rest, separator, out var agency)
            || !FieldParser.TryCut(ref rest, separator, out var firstName)
            || !FieldParser.TryCut(ref rest, separator, out var lastName)
            || !FieldParser.TryCut(ref rest, separator, out var document)
            || !FieldParser.TryCut(ref rest, separator, out var birthdate)
            || !FieldParser.TryCut(ref rest, separator, out var number))
        {
            return BetFault.FieldCount;
        }

        return Add(agency, firstName, lastName, document, birthdate, number);
    }

    /// <summary>Adds one bet, given its fields, unless something is wrong with one.</summary>
    public BetFault Add(
        ReadOnlySpan<byte> agency,
        ReadOnlySpan<byte> firstName,
        ReadOnlySpan<byte> lastName,
        ReadOnlySpan<byte> document,
        ReadOnlySpan<byte> birthdate,
        ReadOnlySpan<byte> number)
    {
        if (!FieldParser.TryParseInteger(agency, out var agencyNumber) || agencyNumber == 0)
        {
            return BetFault.Agency;
        }

        if (Agency != 0 && Agency != agencyNumber)
        {
            return BetFault.OtherAgency;
        }

        // A list of winners could neither hold an empty document nor one with the end of an item in it.
        if (document.IsEmpty || document.Contains(TlvWriter.ItemEnd))
        {
            return BetFault.Document;
        }

        if (!FieldParser.TryParseDate(birthdate, out var date))
        {
            return BetFault.Birthdate;
        }

        if (!FieldParser.TryParseInteger(number, out var numberBetOn))
        {
            return BetFault.Number;
        }

        Agency = agencyNumber;
        Append(Encoding.UTF8.GetString(firstName), Encoding.UTF8.GetString(lastName), Encoding.UTF8.GetString(document), date, numberBetOn);
        return BetFault.None;
    }

    /// <summary>The bets as a batch of its own id; nothing may be added afterwards.</summary>
    public BetBatch ToBatch()
    {
        if (Count != _numbers.Length)
        {
            Resize(Count);
        }

        return new BetBatch(Guid.CreateVersion7(), _firstNames, _lastNames, _documents, _birthdates, _numbers);
    }

    private void Append(string firstName, string lastName, string document, DateOnly birthdate, int number)
    {
        if (Count == _numbers.Length)
        {
            Resize(Math.Max(4, Count * 2));
        }

        _firstNames[Count] = firstName;
        _lastNames[Count] = lastName;
        _documents[Count] = document;
        _birthdates[Count] = birthdate;
        _numbers[Count] = number;
        Count++;
    }

    private void Resize(int length)
    {
        Array.Resize(ref _firstNames, length);
        Array.Resize(ref _lastNames, length);
        Array.Resize(ref _documents, length);
        Array.Resize(ref _birthdates, length);
        Array.Resize(ref _numbers, length);
    }
}
