namespace Granero.Videos;

/// <summary>Where a video is on its way. The numbers are in rows: never renumber.</summary>
public enum VideoStatus
{
    /// <summary>Waits to be processed.</summary>
    Uploaded = 0,

    /// <summary>An encoder is at work on it.</summary>
    Processing = 1,

    /// <summary>The result can be downloaded.</summary>
    Processed = 2,

    /// <summary>It was given up; <see cref="Video.Failure"/> says why. It can be tried again.</summary>
    Failed = 3,

    /// <summary>Its user stopped it. It can be tried again.</summary>
    Cancelled = 4,
}
