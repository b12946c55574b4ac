using System.Buffers;

namespace Granero.Gateways.Tcp.Wire;

/// <summary>Cuts delimited messages, <c>length|payload</c>, length in decimal ASCII (protocols.md, section 1.2).</summary>
/// <param name="buffer">What has been received.</param>
/// <param name="maxPayloadBytes">A longer payload is refused as soon as its header says so.</param>
internal ref struct DelimitedReader(ReadOnlySequence<byte> buffer, int maxPayloadBytes)
{
    /// <summary>Ten digits and the bar.</summary>
    public const int MaxHeaderBytes = 11;

    private SequenceReader<byte> _reader = new(buffer);
    private byte[]? _rented;

    /// <summary>Where the first message that has not been read begins.</summary>
    public readonly SequencePosition Consumed => _reader.Position;

    /// <param name="payload">Valid until the next call.</param>
    /// <returns>False while the next message is not whole.</returns>
    /// <exception cref="WireException">The header is not a length, has no end, or is above the limit.</exception>
    public bool TryRead(out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (!TryReadHeader(out var headerBytes, out var length) || _reader.Remaining - headerBytes < length)
        {
            return false;
        }

        _reader.Advance(headerBytes);
        payload = Peek(length);
        _reader.Advance(length);
        return true;
    }

    public void Dispose() => Return();

    private readonly bool TryReadHeader(out int headerBytes, out int length)
    {
        if (_reader.UnreadSpan.Length >= MaxHeaderBytes)
        {
            return TryParseHeader(_reader.UnreadSpan[..MaxHeaderBytes], maxPayloadBytes, out headerBytes, out length);
        }

        Span<byte> head = stackalloc byte[(int)Math.Min(MaxHeaderBytes, _reader.Remaining)];
        _reader.TryCopyTo(head);
        return TryParseHeader(head, maxPayloadBytes, out headerBytes, out length);
    }

    private static bool TryParseHeader(ReadOnlySpan<byte> head, int maxPayloadBytes, out int headerBytes, out int length)
    {
        var value = 0L;
        for (var i = 0; i < head.Length; i++)
        {
            if (head[i] == (byte)'|' && i > 0)
            {
                (headerBytes, length) = (i + 1, (int)value);
                return true;
            }

            value = (value * 10) + Digit(head[i], i);
            if (value > maxPayloadBytes)
            {
                throw new WireException(Breach.FrameTooLong, "The length of a message is above the limit.");
            }
        }

        (headerBytes, length) = (0, 0);
        return false;
    }

    private static int Digit(byte character, int index) =>
        index < MaxHeaderBytes - 1 && char.IsAsciiDigit((char)character)
            ? character - '0'
            : throw new WireException(Breach.MalformedHeader, "A message does not begin with its length and a bar.");

    /// <summary>In place when the payload lies in one segment, else copied once.</summary>
    private ReadOnlySpan<byte> Peek(int length)
    {
        if (_reader.UnreadSpan.Length >= length)
        {
            return _reader.UnreadSpan[..length];
        }

        Return();
        _rented = ArrayPool<byte>.Shared.Rent(length);
        _reader.TryCopyTo(_rented.AsSpan(0, length));
        return _rented.AsSpan(0, length);
    }

    private void Return()
    {
        if (_rented is { } rented)
        {
            _rented = null;
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
