namespace Granero.Gateways.Tcp.Wire;

/// <summary>How a peer broke its protocol or passed a limit; also the tag under which refusals are counted.</summary>
internal enum Breach
{
    UnknownProtocol,
    MalformedHeader,
    MalformedMessage,
    UnexpectedMessage,
    FrameTooLong,
    CutFrame,
    FrameTimeout,
    IdleTimeout,
    ReplyNotTaken,
    TooManyConnections,
    BuffersFull,
}

/// <summary>The peer broke its protocol: it loses its connection. The message holds nothing of what the peer sent.</summary>
internal sealed class WireException(Breach breach, string message) : Exception(message)
{
    public Breach Breach { get; } = breach;
}
