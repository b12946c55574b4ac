namespace Granero;

/// <summary>Why Granero refused a request. Each gateway turns it into terms of its own wire, in one switch.</summary>
public enum ErrorCode
{
    /// <summary>The agency has said that it is ready, and that draw is not held yet: it takes no more bets until then.</summary>
    AgencyIsReady = 1,
}

/// <summary>A refusal that was foreseen: the request is whole and well-formed, and the answer is no.</summary>
[GenerateSerializer, Alias("granero.GraneroException")]
public sealed class GraneroException(ErrorCode code, string sentence) : Exception(sentence)
{
    [Id(0)]
    public ErrorCode Code { get; } = code;
}
