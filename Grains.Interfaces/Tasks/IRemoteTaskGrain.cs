using Orleans.Concurrency;

namespace Granero.Tasks;

/// <summary>
/// One run of a container; its key is made by whoever asks for it. It lives on silos that have an engine, and only there: without one, a
/// reference cannot be had (<see cref="ArgumentException"/>) or the call finds no silo (<see cref="OrleansException"/>); ask
/// <see cref="IRemoteTasksGrain.RequireRunner"/> first.
/// </summary>
[Alias("granero.tasks.IRemoteTaskGrain")]
public interface IRemoteTaskGrain : IGrainWithGuidKey
{
    /// <summary>Records the run, durably, and queues it. Repeating it with the same request is harmless and says how far it is.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="credentials">For pulling and pushing the image; null without.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="GraneroException">
    /// <see cref="ErrorCode.ImageNotAllowed"/>; <see cref="ErrorCode.TaskQueueFull"/>; <see cref="ErrorCode.EngineUnavailable"/>;
    /// <see cref="ErrorCode.IdempotencyKeyReused"/>: the key stands for another request. Nothing was recorded.
    /// </exception>
    [Alias("Submit")]
    Task<RemoteTask> Submit(RemoteTaskRequest request, RegistryCredentials? credentials, CancellationToken cancellationToken = default);

    /// <summary>Answers once the run has ended, or with how far it is after a while; to be asked again, then.</summary>
    /// <param name="atMost">How long to wait, 5 seconds at the most.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="GraneroException"><see cref="ErrorCode.TaskNotFound"/>.</exception>
    [Alias("WaitForEnd"), AlwaysInterleave]
    Task<RemoteTaskReport> WaitForEnd(TimeSpan atMost, CancellationToken cancellationToken = default);

    /// <summary>Ends the run, unless it has ended, and removes its container. Repeating it is harmless.</summary>
    /// <returns>How it has ended.</returns>
    /// <exception cref="GraneroException"><see cref="ErrorCode.TaskNotFound"/>.</exception>
    [Alias("Cancel"), AlwaysInterleave]
    Task<RemoteTask> Cancel(CancellationToken cancellationToken = default);

    /// <summary>Takes the run over from a silo that is gone. Harmless at any time.</summary>
    /// <exception cref="GraneroException"><see cref="ErrorCode.TaskQueueFull"/>.</exception>
    [Alias("TakeOver")]
    Task TakeOver(CancellationToken cancellationToken = default);
}
