using System.Buffers;

namespace Granero.Gateways.Tcp.Wire;

/// <summary>A frame's bytes in one piece: where they lie, or copied once when they lie in several segments.</summary>
internal readonly ref struct FrameBytes : IDisposable
{
    private readonly byte[]? _rented;

    public FrameBytes(ReadOnlySequence<byte> frame)
    {
        if (frame.IsSingleSegment)
        {
            Span = frame.FirstSpan;
            return;
        }

        var length = checked((int)frame.Length);
        _rented = ArrayPool<byte>.Shared.Rent(length);
        frame.CopyTo(_rented);
        Span = _rented.AsSpan(0, length);
    }

    public ReadOnlySpan<byte> Span { get; }

    public void Dispose()
    {
        if (_rented is { } rented)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
