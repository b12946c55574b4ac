using Docker.DotNet.Models;
using Microsoft.Extensions.Options;

namespace Granero.Tasks;

/// <summary>One attempt at a run, from its image to its answer.</summary>
internal sealed class TaskRun(
    RunRecords records, TaskImages images, AllowedImages allowed, TaskContainers containers, ContainerSlots slots, IOptions<TasksOptions> options)
{
    private bool KeepsWarm => options.Value.KeepWarm > TimeSpan.Zero;

    /// <returns>Null if the run is not in this runner's hands any more.</returns>
    /// <exception cref="RunFailedException">It has no answer.</exception>
    /// <exception cref="EngineException">The engine failed; it may be tried again.</exception>
    public async Task<RunOutcome?> RunAsync(RunInHand run, CancellationToken cancellationToken)
    {
        if (!ImageName.TryParse(run.Request.Image, out var name))
            throw new RunFailedException(RemoteTaskErrorKind.PullFailed, $"{run.Request.Image} is no name of an image.");
        var began = false;
        var image = await images.FindLocalAsync(name, cancellationToken);
        if (image is null)
        {
            // Not in a place for containers: a slow registry keeps nobody else from running.
            if (!await BeginAsync(run, RemoteTaskState.Preparing, null, cancellationToken))
                return null;
            began = true;
            image = await images.FetchAsync(name, run.Credentials, cancellationToken);
        }

        allowed.Check(name, image);
        await using var slot = await slots.EnterAsync(cancellationToken);
        return await RunAsync(run, image, began, slot, cancellationToken);
    }

    private async Task<RunOutcome?> RunAsync(RunInHand run, ImageInspectResponse image, bool began, ContainerSlots.Slot slot, CancellationToken cancellationToken)
    {
        var key = new WarmKey(image.ID, run.Credentials?.User);
        var warm = slot.TakeWarm(key);
        if (warm is not null && await warm.IsReadyAsync(cancellationToken))
            return await StepAsync(run, RemoteTaskState.Running, image.ID, began, cancellationToken) ? await AskAsync(run, warm, key, slot, cancellationToken) : null;

        if (!await StepAsync(run, RemoteTaskState.Starting, image.ID, began, cancellationToken))
            return null;
        var container = await slot.StartAsync(() => containers.StartAsync(image, run.Id, cancellationToken));
        await container.BecomeReadyAsync(options.Value.ReadyTimeout, cancellationToken);
        return await StepAsync(run, RemoteTaskState.Running, image.ID, began: true, cancellationToken) ? await AskAsync(run, container, key, slot, cancellationToken) : null;
    }

    private async Task<RunOutcome> AskAsync(RunInHand run, TaskContainer container, WarmKey key, ContainerSlots.Slot slot, CancellationToken cancellationToken)
    {
        var answer = await container.RunAsync(run.Request, options.Value.RunTimeout, options.Value.MaxAnswerBytes, cancellationToken);
        if (KeepsWarm)
            slot.Keep(key);
        return RunOutcome.Succeeded(answer);
    }

    private Task<bool> StepAsync(RunInHand run, RemoteTaskState state, string? digest, bool began, CancellationToken cancellationToken) =>
        began ? records.MoveOnAsync(run.Id, state, digest, cancellationToken) : BeginAsync(run, state, digest, cancellationToken);

    private async Task<bool> BeginAsync(RunInHand run, RemoteTaskState state, string? digest, CancellationToken cancellationToken)
    {
        var attempt = await records.BeginAttemptAsync(run.Id, state, digest, cancellationToken);
        run.Attempt = attempt ?? run.Attempt;
        return attempt is not null;
    }
}
