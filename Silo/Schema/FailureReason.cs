namespace Granero.Schema;

internal static class FailureReason
{
    /// <summary>The innermost message, on one line: Npgsql says that it failed on the outside and why on the inside.</summary>
    public static string Reason(this Exception failure) => failure.GetBaseException().Message.ReplaceLineEndings(" ").TrimEnd('.');
}
