using System.Buffers;
using Granero.Gateways.Tcp.Wire;
using Granero.Lottery;

namespace Granero.Gateways.Tcp.Lottery;

/// <summary>What a delimited client's messages come to: something is to be stored and acknowledged.</summary>
/// <param name="Batch">The bets to store; null when there are none.</param>
/// <param name="IsAlone">It is a bet that came without a batch.</param>
/// <param name="IsEnd">The agency has sent all.</param>
internal readonly record struct DelimitedRequest(BetBatch? Batch, bool IsAlone = false, bool IsEnd = false);

/// <summary>From delimited messages to requests (protocols.md, section 1.2). One for each connection: it collects bets until they are acknowledged.</summary>
internal sealed class DelimitedCodec(int ackEvery, int maxBytes)
{
    private const byte Separator = (byte)'|';
    private const int MaxRoomAtFirst = 1024;

    private BetColumns? _bets;

    /// <summary>Whose connection this is; 0 until the first bet tells.</summary>
    public int Agency { get; private set; }

    /// <summary>Of the bets that wait for the rest of their batch.</summary>
    public long CollectedBytes { get; private set; }

    /// <summary>Reads as many messages as there are, up to the next request; consumes what it has read either way.</summary>
    /// <exception cref="WireException">A message is malformed, a bet has a wrong field or is another agency's, or EOF came before any bet.</exception>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, out DelimitedRequest request)
    {
        request = default;
        var isWhole = false;
        using var reader = new DelimitedReader(buffer, maxBytes);
        while (!isWhole && reader.TryRead(out var payload))
        {
            isWhole = TryComplete(payload, out request);
        }

        buffer = buffer.Slice(reader.Consumed);
        return isWhole;
    }

    private bool TryComplete(ReadOnlySpan<byte> payload, out DelimitedRequest request)
    {
        var text = TrimLineEnd(payload);
        if (text.Length == payload.Length)
        {
            request = new DelimitedRequest(Add(new BetColumns(1, Agency), text).ToBatch(), IsAlone: true);
            return true;
        }

        if (text.SequenceEqual("EOF"u8))
        {
            request = new DelimitedRequest(TakeBatch(), IsEnd: true);
            return Agency != 0 ? true : throw new WireException(Breach.UnexpectedMessage, "EOF before any bet: of which agency?");
        }

        var isFull = Collect(text) == ackEvery;
        request = isFull ? new DelimitedRequest(TakeBatch()) : default;
        return isFull;
    }

    /// <returns>How many bets wait for an ack.</returns>
    private int Collect(ReadOnlySpan<byte> text)
    {
        CollectedBytes += text.Length;
        if (CollectedBytes > maxBytes)
        {
            throw new WireException(Breach.FrameTooLong, "The bets that wait for an ack are above the limit.");
        }

        _bets = Add(_bets ?? new BetColumns(Math.Min(ackEvery, MaxRoomAtFirst), Agency), text);
        return _bets.Count;
    }

    private BetColumns Add(BetColumns bets, ReadOnlySpan<byte> text)
    {
        var fault = FieldParser.IsText(text) ? AddFields(bets, text) : BetFault.NotText;
        if (fault != BetFault.None)
        {
            throw new WireException(Breach.MalformedMessage, $"A bet is refused: {fault}.");
        }

        Agency = bets.Agency;
        return bets;
    }

    /// <summary><c>agency|first|last|document|birthdate|number</c></summary>
    private static BetFault AddFields(BetColumns bets, ReadOnlySpan<byte> text) =>
        FieldParser.TryCut(ref text, Separator, out var agency)
        && FieldParser.TryCut(ref text, Separator, out var firstName)
        && FieldParser.TryCut(ref text, Separator, out var lastName)
        && FieldParser.TryCut(ref text, Separator, out var document)
        && FieldParser.TryCut(ref text, Separator, out var birthdate)
        && !text.Contains(Separator)
            ? bets.Add(agency, firstName, lastName, document, birthdate, text)
            : BetFault.FieldCount;

    private BetBatch? TakeBatch()
    {
        var batch = _bets?.ToBatch();
        (_bets, CollectedBytes) = (null, 0);
        return batch;
    }

    /// <summary>Lines of the public data set end in <c>\r\n</c>, and clients send them as they are.</summary>
    private static ReadOnlySpan<byte> TrimLineEnd(ReadOnlySpan<byte> payload) =>
        payload.EndsWith("\r\n"u8) ? payload[..^2] : payload.EndsWith("\n"u8) ? payload[..^1] : payload;
}
