namespace Granero.Gateways.Tcp;

/// <summary>Section <c>Tcp</c>: where the gateway listens and what it takes from a connection.</summary>
internal sealed class TcpOptions
{
    public const string Section = "Tcp";

    /// <summary>The port that the lottery's clients dial.</summary>
    public int Port { get; set; } = 12345;

    /// <summary>Bytes: the longest value of a TLV packet, payload of a delimited message or of those that wait for one ack, or line to echo.</summary>
    public int MaxFrameBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Bytes of unfinished frames that all connections hold together; what a connection holds below 64 KiB does not count.</summary>
    public long MaxBufferedBytes { get; set; } = 256 * 1024 * 1024;

    /// <summary>Connections at a time; one more takes the place of the longest idle one, else of one that does not finish its first frame, or is closed.</summary>
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>From a frame's first byte to its last; also how long a peer may leave its answer untaken.</summary>
    public TimeSpan FrameTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Without a byte between two frames. Whoever waits for the draw is not idle.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a call to a grain that failed for a passing reason is tried again.</summary>
    public TimeSpan RetryFor { get; set; } = TimeSpan.FromSeconds(30);
}
