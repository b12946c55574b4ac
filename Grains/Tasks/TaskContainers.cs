using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granero.Tasks;

/// <summary>Makes containers with all their limits, finds those that a dead silo left, and removes both.</summary>
internal sealed partial class TaskContainers(
    Engine engine, RunnerIdentity identity, RunnerStore runners, TaskLogs logs, IOptions<TasksOptions> options, TimeProvider time, ILogger<TaskContainers> logger) : IDisposable
{
    public const string InstallationLabel = "granero.installation";
    public const string RunnerLabel = "granero.runner";
    public const string TaskLabel = "granero.task";
    public const string SiloLabel = "granero.silo";

    private const string Port = "5000/tcp";
    private const string LogsInContainer = "/app/logs";
    private const uint Everybodys = 0b001_111_111_111;

    private static readonly TimeSpan NetworkLook = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan New = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, bool> _inUse = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _network = new(1);
    private volatile bool _networkIsThere;

    /// <exception cref="RunFailedException">The engine would not start it.</exception>
    public async Task<TaskContainer> StartAsync(ImageInspectResponse image, Guid task, CancellationToken cancellationToken)
    {
        await RequireNetworkAsync(cancellationToken);
        var name = $"task_container_{Guid.NewGuid()}";
        var folder = logs.NewFolder(name);
        string? id = null;
        try
        {
            var since = Stopwatch.GetTimestamp();
            id = await CreateAsync(name, image, task, folder, cancellationToken);
            await engine.CallAsync(client => client.Containers.StartContainerAsync(id, new(), cancellationToken), cancellationToken);
            TasksTelemetry.ContainerStarted(since);
            var container = await engine.CallAsync(client => client.Containers.InspectContainerAsync(id, cancellationToken), cancellationToken);
            return new TaskContainer(engine, this, id, AddressOf(container), folder, logs);
        }
        catch (Exception failure)
        {
            _networkIsThere = false; // somebody may have removed it
            await RemoveAsync(id ?? name);
            logs.Collect(folder);
            throw failure is DockerApiException refusal
                ? new RunFailedException(RemoteTaskErrorKind.Exited, $"The container could not be started: {refusal.ResponseBody?.Trim() ?? refusal.Message}")
                : failure;
        }
    }

    /// <summary>Whatever state it is in; an engine that does not answer leaves it to the sweep.</summary>
    /// <returns>Whether this call removed it.</returns>
    public async Task<bool> RemoveAsync(string idOrName)
    {
        _inUse.TryRemove(idOrName, out _);
        try
        {
            var parameters = new ContainerRemoveParameters { Force = true, RemoveVolumes = true };
            await engine.CallAsync(client => client.Containers.RemoveContainerAsync(idOrName, parameters), CancellationToken.None);
            return true;
        }
        catch (DockerApiException gone) when (gone.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            // It is gone, or is just going.
        }
        catch (Exception failure) when (failure is EngineException or DockerApiException)
        {
            LogNotRemoved(idOrName, failure.Message);
        }

        return false;
    }

    /// <summary>Removes what dead runners left behind, and what this one could not remove when it should have.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var label = $"{InstallationLabel}={identity.Installation}";
        var parameters = new ContainersListParameters { All = true, Filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [label] = true } } };
        // The containers first: whoever has started one is in the table already.
        var containers = await engine.CallAsync(client => client.Containers.ListContainersAsync(parameters, cancellationToken), cancellationToken);
        var alive = await runners.Alive(cancellationToken);
        var left = containers.Where(container => !IsInUse(container, alive)).ToArray();
        await Task.WhenAll(left.Select(RemoveWithLogsAsync));
        if (left.Length > 0)
            LogSwept(left.Length);
        return left.Length;
    }

    public void Dispose() => _network.Dispose();

    /// <summary>Its logs are here if it was started on this machine. Of several silos that sweep, the one that removes it gathers them.</summary>
    private async Task RemoveWithLogsAsync(ContainerListResponse container)
    {
        if (await RemoveAsync(container.ID))
            logs.Collect(logs.FolderOf(container.Names[0].TrimStart('/')));
    }

    private bool IsInUse(ContainerListResponse container, HashSet<Guid> alive)
    {
        if (!container.Labels.TryGetValue(RunnerLabel, out var text) || !Guid.TryParse(text, out var runner))
            return false;
        return runner == identity.Runner ? _inUse.ContainsKey(container.ID) || IsNew(container) : alive.Contains(runner);
    }

    /// <summary>One that is being started, whose id this silo has not heard of yet.</summary>
    private bool IsNew(ContainerListResponse container) => time.GetUtcNow() - new DateTimeOffset(container.Created.ToUniversalTime()) < New;

    private async Task<string> CreateAsync(string name, ImageInspectResponse image, Guid task, string? folder, CancellationToken cancellationToken)
    {
        var parameters = new CreateContainerParameters
        {
            Name = name,
            Image = image.ID,
            User = options.Value.User,
            Labels = new Dictionary<string, string>
            {
                [InstallationLabel] = identity.Installation.ToString(),
                [RunnerLabel] = identity.Runner.ToString(),
                [SiloLabel] = identity.Silo,
                [TaskLabel] = task.ToString(),
            },
            ExposedPorts = new Dictionary<string, EmptyStruct> { [Port] = default },
            HostConfig = LimitsOf(image, folder),
        };
        var created = await engine.CallAsync(client => client.Containers.CreateContainerAsync(parameters, CancellationToken.None), cancellationToken);
        _inUse[created.ID] = true;
        return created.ID;
    }

    private HostConfig LimitsOf(ImageInspectResponse image, string? folder)
    {
        var settings = options.Value;
        return new HostConfig
        {
            NetworkMode = settings.Network,
            PortBindings = settings.Reach == "published" ? new Dictionary<string, IList<PortBinding>> { [Port] = [new() { HostIP = "127.0.0.1", HostPort = "" }] } : null,
            Memory = settings.MemoryBytes,
            MemorySwap = settings.MemoryBytes,
            NanoCPUs = (long)(settings.Cpus * 1e9),
            PidsLimit = settings.MaxProcesses,
            Ulimits =
            [
                new() { Name = "nofile", Soft = settings.MaxOpenFiles, Hard = settings.MaxOpenFiles },
                new() { Name = "core", Soft = 0, Hard = 0 },
            ],
            CapDrop = ["ALL"],
            SecurityOpt = ["no-new-privileges"],
            ReadonlyRootfs = true,
            Mounts = MountsOf(image, folder),
            // What it prints is kept by the engine, on the host's disk.
            LogConfig = new() { Type = "json-file", Config = new Dictionary<string, string> { ["max-size"] = "1m", ["max-file"] = "1" } },
        };
    }

    /// <summary>Wherever a container may write, in memory and limited: /tmp and the image's volumes, which else were folders of the host's. And the logs.</summary>
    private List<Mount> MountsOf(ImageInspectResponse image, string? logsFolder)
    {
        var volumes = (image.Config?.Volumes?.Keys ?? []).Select(volume => Path.TrimEndingDirectorySeparator(Path.GetFullPath(volume, "/")));
        var logs = logsFolder is null ? InMemory(LogsInContainer) : new Mount { Type = "bind", Source = logsFolder, Target = LogsInContainer };
        return [.. volumes.Append("/tmp").Except([LogsInContainer]).Select(InMemory), logs];
    }

    /// <remarks>The engine adds noexec, nosuid and nodev.</remarks>
    private Mount InMemory(string target) =>
        new() { Type = "tmpfs", Target = target, TmpfsOptions = new() { SizeBytes = options.Value.MaxLogBytes, Mode = Everybodys } };

    /// <returns>Null if it has no address any more: it has ended.</returns>
    private Uri? AddressOf(ContainerInspectResponse container)
    {
        var network = container.NetworkSettings;
        if (options.Value.Reach == "network")
            return network.Networks.TryGetValue(options.Value.Network, out var own) && own.IPAddress is { Length: > 0 } ip ? new($"http://{ip}:5000/") : null;
        return network.Ports is not null && network.Ports.TryGetValue(Port, out var bindings) && bindings is [{ HostPort: var port }, ..] ? new($"http://127.0.0.1:{port}/") : null;
    }

    private async Task RequireNetworkAsync(CancellationToken cancellationToken)
    {
        if (_networkIsThere)
            return;
        await _network.WaitAsync(cancellationToken);
        try
        {
            string? made = null;
            for (var networks = await NetworksAsync(cancellationToken); networks.Length != 1; networks = await NetworksAsync(cancellationToken))
                made = await StepToOneNetworkAsync(networks, made, cancellationToken);
            _networkIsThere = true;
        }
        finally
        {
            _network.Release();
        }
    }

    /// <summary>
    /// Makes the network if there is none. Engines take a name twice when two ask at once: then, of two silos on one engine, the one that was
    /// later removes its own.
    /// </summary>
    /// <returns>The id of the one that this silo has made.</returns>
    private async Task<string?> StepToOneNetworkAsync(NetworkResponse[] networks, string? made, CancellationToken cancellationToken)
    {
        if (networks.Length == 0)
            return (await engine.CallAsync(client => client.Networks.CreateNetworkAsync(NewNetwork(), cancellationToken), cancellationToken)).ID;
        if (made is null || networks[0].ID == made)
            await Task.Delay(NetworkLook, cancellationToken); // whoever made the other one removes it
        else
            await engine.CallAsync(client => client.Networks.DeleteNetworkAsync(made, cancellationToken), cancellationToken);
        return made;
    }

    private async Task<NetworkResponse[]> NetworksAsync(CancellationToken cancellationToken)
    {
        var networks = await engine.CallAsync(client => client.Networks.ListNetworksAsync(cancellationToken: cancellationToken), cancellationToken);
        return [.. networks.Where(network => network.Name == options.Value.Network).OrderBy(network => network.Created).ThenBy(network => network.ID, StringComparer.Ordinal)];
    }

    /// <summary>Containers that share it do not see each other, unless the silo is among them.</summary>
    private NetworksCreateParameters NewNetwork() => new()
    {
        Name = options.Value.Network,
        CheckDuplicate = true,
        Options = new Dictionary<string, string> { ["com.docker.network.bridge.enable_icc"] = options.Value.Reach == "network" ? "true" : "false" },
    };

    [LoggerMessage(3002, LogLevel.Warning, "The container {Container} could not be removed now, and is left to the next sweep: {Reason}")]
    private partial void LogNotRemoved(string container, string reason);

    [LoggerMessage(3003, LogLevel.Information, "{Count} containers were removed that a silo had left behind")]
    private partial void LogSwept(int count);
}
