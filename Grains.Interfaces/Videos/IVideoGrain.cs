using Orleans.Concurrency;

namespace Granero.Videos;

/// <summary>A video; its key is its number, from 1 on. Every call says which user asks, and to all but its own it is not there.</summary>
[Alias("granero.videos.IVideoGrain")]
public interface IVideoGrain : IGrainWithIntegerKey
{
    /// <exception cref="GraneroException"><see cref="ErrorCode.VideoNotFound"/>.</exception>
    [Alias("Read"), AlwaysInterleave]
    Task<Video> Read(long userId, CancellationToken cancellationToken = default);

    /// <summary>Waits until the video's status or percent is another than the caller knows.</summary>
    /// <param name="userId">Who asks.</param>
    /// <param name="known">What the caller knows.</param>
    /// <param name="atMost">How long to wait; up to 20 s.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The video as it is, changed or not.</returns>
    /// <exception cref="GraneroException"><see cref="ErrorCode.VideoNotFound"/>.</exception>
    [Alias("WaitForChange"), AlwaysInterleave, ResponseTimeout("00:00:40")]
    Task<Video> WaitForChange(long userId, Video known, TimeSpan atMost, CancellationToken cancellationToken = default);

    /// <summary>Deletes the video and both its files; an encoder that is at work on it is stopped at once.</summary>
    /// <param name="userId">Who asks.</param>
    /// <param name="request">Made by the gateway: the same request sent again gets the same answer.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The video as it was.</returns>
    /// <exception cref="GraneroException"><see cref="ErrorCode.VideoNotFound"/>.</exception>
    [Alias("Delete")]
    Task<Video> Delete(long userId, Guid request, CancellationToken cancellationToken = default);

    /// <summary>Stops its processing, or takes it out of the queue. Repeating it is harmless.</summary>
    /// <returns>The video as it is now.</returns>
    /// <exception cref="GraneroException"><see cref="ErrorCode.VideoNotFound"/>; <see cref="ErrorCode.WrongVideoState"/>: it is at rest.</exception>
    [Alias("Cancel")]
    Task<Video> Cancel(long userId, CancellationToken cancellationToken = default);

    /// <summary>Puts a failed or cancelled video into the queue again. Repeating it while it waits or is processed is harmless.</summary>
    /// <returns>The video as it is now.</returns>
    /// <exception cref="GraneroException"><see cref="ErrorCode.VideoNotFound"/>; <see cref="ErrorCode.WrongVideoState"/>: it is processed.</exception>
    [Alias("Retry")]
    Task<Video> Retry(long userId, CancellationToken cancellationToken = default);
}
