namespace Granero.Gateways.Grpc.Peers;

/// <summary>Section <c>Peers</c>: whom the gateway dials, and what it stores for peers. Sizes in bytes.</summary>
internal sealed class PeersOptions
{
    public const string Section = "Peers";

    /// <summary>Networks in which peers may be dialled, as <c>10.0.0.0/8</c>. None: all but those that are never dialled.</summary>
    public string[] AllowedNetworks { get; set; } = [];

    /// <summary>Networks in which no peer is dialled, on top of link-local, metadata, multicast and the like, which never are.</summary>
    public string[] DeniedNetworks { get; set; } = [];

    /// <summary>Whether peers on this machine's own loopback addresses are dialled.</summary>
    public bool AllowLoopback { get; set; }

    /// <summary>How long a peer may take for its answer, the connection included.</summary>
    public TimeSpan AnswerWithin { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Peers to which a channel is kept for the next call.</summary>
    public int MaxChannels { get; set; } = 256;

    /// <summary>The folder of published files. Gateways that share it must see one file system.</summary>
    public string StoreRoot { get; set; } = "";

    /// <summary>The longest file that may be published, whatever room its peer has (<c>Peers:PublishQuotaBytes</c> of the silos).</summary>
    public long MaxFileBytes { get; set; } = 2L * 1024 * 1024 * 1024;

    /// <summary>Files being uploaded at a time, over all peers.</summary>
    public int MaxUploads { get; set; } = 64;

    /// <summary>Files being uploaded at a time by one peer.</summary>
    public int MaxUploadsOfPeer { get; set; } = 8;

    /// <summary>How long an upload may take to say which file it is.</summary>
    public TimeSpan HeaderWithin { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a client may neither send the next part of an upload nor take the next part of a download.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
