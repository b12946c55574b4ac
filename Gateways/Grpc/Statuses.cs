using Granero.Gateways.Hosting;
using Grpc.Core;

namespace Granero.Gateways.Grpc;

/// <summary>Turns refusals into gRPC statuses: the only place where the two meet.</summary>
internal static class Statuses
{
    /// <returns>What the client gets, its detail a sentence; null for a failure that is nobody's business but ours.</returns>
    public static Status? Of(Exception failure) => failure switch
    {
        GraneroException refusal => new Status(CodeOf(refusal.Code), refusal.Message),
        _ when ClusterFailures.IsUnavailable(failure) => new Status(StatusCode.Unavailable, "Granero cannot answer just now: try again."),
        _ => null,
    };

    private static StatusCode CodeOf(ErrorCode code) => code switch
    {
        ErrorCode.InvalidName or ErrorCode.MalformedUpload => StatusCode.InvalidArgument,
        ErrorCode.PeerNotLoggedIn or ErrorCode.AddressNotLoggedIn or ErrorCode.FileNotIndexed or ErrorCode.FileNotPublished => StatusCode.NotFound,
        ErrorCode.WrongPassword => StatusCode.Unauthenticated,
        ErrorCode.NotYours => StatusCode.PermissionDenied,
        ErrorCode.QuotaExceeded or ErrorCode.FileTooLong or ErrorCode.StoreIsBusy or ErrorCode.TooManyLogins or ErrorCode.TooManyAtOnce => StatusCode.ResourceExhausted,
        ErrorCode.OffsetBehindEnd => StatusCode.OutOfRange,
        ErrorCode.ContentMismatch or ErrorCode.ContentLost => StatusCode.DataLoss,
        ErrorCode.ClientTooSlow => StatusCode.DeadlineExceeded,
        ErrorCode.PeerUnreachable or ErrorCode.GatewayStops => StatusCode.Unavailable,
        _ => StatusCode.FailedPrecondition,
    };
}
