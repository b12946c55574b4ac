namespace Granero.Videos;

/// <summary>What came of an attempt.</summary>
/// <param name="IsLost">The video is another's now, or nobody's.</param>
/// <param name="Failure">Why there is no result, without a full stop; null if there is one.</param>
/// <param name="IsFinal">Whether another attempt would end the same.</param>
internal sealed record EncodingOutcome(bool IsLost, string? Failure, bool IsFinal)
{
    public static EncodingOutcome Whole { get; } = new(IsLost: false, Failure: null, IsFinal: false);

    public static EncodingOutcome Lost { get; } = new(IsLost: true, Failure: null, IsFinal: false);

    /// <summary>The disk is full: the video waits until there is room, and no attempt counts.</summary>
    public static EncodingOutcome NoRoom { get; } = new(IsLost: false, Failure: null, IsFinal: false) { IsPutOff = true };

    public bool IsPutOff { get; private init; }

    public bool IsWhole => !IsLost && !IsPutOff && Failure is null;

    public static EncodingOutcome Failed(string reason, bool isFinal) => new(IsLost: false, reason, isFinal);
}
