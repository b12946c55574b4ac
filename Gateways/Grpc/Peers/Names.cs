using Granero.Peers;

namespace Granero.Gateways.Grpc.Peers;

/// <summary>Refuses what is no name of a peer or of a file before anything else is done with it.</summary>
internal static class Names
{
    /// <exception cref="GraneroException"><see cref="ErrorCode.InvalidName"/>.</exception>
    public static void CheckPeer(string name) => Check(PeerNames.FaultOfPeer(name));

    /// <exception cref="GraneroException"><see cref="ErrorCode.InvalidName"/>.</exception>
    public static void CheckFile(string name) => Check(PeerNames.FaultOfFile(name));

    private static void Check(string? fault)
    {
        if (fault is not null) throw new GraneroException(ErrorCode.InvalidName, fault);
    }
}
