using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granero.Tasks;

/// <summary>
/// The places for containers on this silo, and the containers that stayed warm in some of them. A run has a place while it has a
/// container; warm ones that nobody uses give way when a place is needed, so that there are never more containers than places.
/// </summary>
internal sealed partial class ContainerSlots(IOptions<TasksOptions> options, TimeProvider time, ILogger<ContainerSlots> logger) : IDisposable
{
    private readonly SemaphoreSlim _free = new(options.Value.Containers);
    private readonly SemaphoreSlim _removal = new(1);
    private readonly Lock _lock = new();
    private readonly LinkedList<Warm> _warm = []; // the one that was used last comes first
    private int _taken;

    /// <summary>Waits for a place.</summary>
    public async Task<Slot> EnterAsync(CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        lock (_lock)
            _taken++;
        return new(this);
    }

    /// <summary>Removes what has been warm for longer than it may.</summary>
    public Task RemoveColdAsync() => RemoveAsync(() =>
    {
        var last = _warm.Last;
        return last is not null && time.GetElapsedTime(last.Value.Since) >= options.Value.KeepWarm;
    });

    /// <summary>Removes all that are warm.</summary>
    public Task RemoveAllAsync() => RemoveAsync(() => _warm.Count > 0);

    public void Dispose()
    {
        _free.Dispose();
        _removal.Dispose();
    }

    private long Now() => time.GetTimestamp();

    private TaskContainer? Take(WarmKey key)
    {
        lock (_lock)
        {
            for (var node = _warm.First; node is not null; node = node.Next)
            {
                if (node.Value.Key != key)
                    continue;
                _warm.Remove(node);
                return node.Value.Container;
            }

            return null;
        }
    }

    private Task MakeRoomAsync() => RemoveAsync(() => _warm.Count > 0 && _warm.Count + _taken > options.Value.Containers);

    /// <summary>Removes warm containers, the longest unused first. One at a time does so: who waits for room waits for those that are going.</summary>
    private async Task RemoveAsync(Func<bool> isOneTooMany)
    {
        await _removal.WaitAsync();
        try
        {
            while (TakeLast(isOneTooMany) is { } container)
                await RemoveAsync(container);
        }
        finally
        {
            _removal.Release();
        }
    }

    /// <summary>What goes wrong with it is nothing to whoever needs the room; the sweep finds what is left.</summary>
    private async Task RemoveAsync(TaskContainer container)
    {
        try
        {
            await container.DisposeAsync();
        }
        catch (Exception failure)
        {
            LogNotRemoved(failure, container.Id);
        }
    }

    private TaskContainer? TakeLast(Func<bool> isOneTooMany)
    {
        lock (_lock)
        {
            if (!isOneTooMany())
                return null;
            var container = _warm.Last!.Value.Container;
            _warm.RemoveLast();
            return container;
        }
    }

    private void Leave(Warm? stays)
    {
        lock (_lock)
        {
            if (stays is not null)
                _warm.AddFirst(stays);
            _taken--;
        }

        _free.Release();
    }

    [LoggerMessage(3017, LogLevel.Error, "The warm container {Container} could not be removed in order")]
    private partial void LogNotRemoved(Exception failure, string container);

    /// <summary>A place, and at most one container in it.</summary>
    internal sealed class Slot(ContainerSlots slots) : IAsyncDisposable
    {
        private TaskContainer? _container;
        private Warm? _stays;

        /// <returns>A warm container, which may have died meanwhile; null if there is none.</returns>
        public TaskContainer? TakeWarm(WarmKey key) => _container = slots.Take(key);

        /// <summary>Starts a container here, once there is room for it.</summary>
        public async Task<TaskContainer> StartAsync(Func<Task<TaskContainer>> start)
        {
            await RemoveAsync();
            await slots.MakeRoomAsync();
            return _container = await start();
        }

        /// <summary>The container is to stay when the place is left.</summary>
        public void Keep(WarmKey key) => _stays = new(key, _container!, slots.Now());

        public async ValueTask DisposeAsync()
        {
            try
            {
                if (_stays is null)
                    await RemoveAsync();
            }
            finally
            {
                slots.Leave(_stays);
            }
        }

        private async Task RemoveAsync()
        {
            if (_container is not null)
                await _container.DisposeAsync();
            _container = null;
        }
    }

    internal sealed record Warm(WarmKey Key, TaskContainer Container, long Since);
}

/// <summary>Who may use a warm container: runs of the same image by the same user of the registry.</summary>
internal readonly record struct WarmKey(string ImageId, string? User);
