using Microsoft.Extensions.Options;

namespace Granero.Tasks;

/// <summary>The settings under <c>Tasks:</c>.</summary>
public sealed class TasksOptions : IValidateOptions<TasksOptions>
{
    public const string Section = "Tasks";

    private const string DefaultEngine = "unix:///var/run/docker.sock";

    /// <summary>Whether this silo runs containers: <c>true</c>, <c>false</c>, or <c>auto</c>: if the engine's socket is there when the silo starts.</summary>
    public string Runner { get; set; } = "auto";

    /// <summary>The engine's address, <c>unix://</c>, <c>tcp://</c> or <c>http://</c>; by default what DOCKER_HOST says, else the usual socket.</summary>
    public string? Engine { get; set; }

    /// <summary>Containers of this silo at any instant, warm ones included; 0 for as many as there are processors.</summary>
    public int MaxContainers { get; set; }

    /// <summary>Tasks that may wait on this silo.</summary>
    public int QueueLength { get; set; } = 256;

    /// <summary>
    /// Patterns of images that may run, where <c>*</c> is any text: <c>ana/*:1.0</c>, or <c>task_service@sha256:…</c> for one digest. None: all may.
    /// </summary>
    public string[] AllowedImages { get; set; } = [];

    /// <summary>How often a run is begun at the most, when silos or engines fail under it.</summary>
    public int Attempts { get; set; } = 2;

    /// <summary>How long a pull may take.</summary>
    public TimeSpan PullTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a build with its push may take.</summary>
    public TimeSpan BuildTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>From the container's start until its service must be ready.</summary>
    public TimeSpan ReadyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the service may take to give its answer.</summary>
    public TimeSpan RunTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a container stays after a run and waits for the next one of its image and registry user; zero: it does not.</summary>
    public TimeSpan KeepWarm { get; set; }

    /// <summary>How long a run waits for an engine that fails to answer again, before that counts as failed.</summary>
    public TimeSpan EngineWait { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a silo that says nothing is taken for alive.</summary>
    public TimeSpan RunnerLease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long ended runs stay in the list.</summary>
    public TimeSpan KeepRecords { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Bytes of the longest answer.</summary>
    public int MaxAnswerBytes { get; set; } = 1024 * 1024;

    /// <summary>Bytes of memory of a container; it has no swap.</summary>
    public long MemoryBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>Processors that a container may use.</summary>
    public double Cpus { get; set; } = 1;

    /// <summary>Processes and threads in a container.</summary>
    public int MaxProcesses { get; set; } = 64;

    /// <summary>Open files of a process in a container.</summary>
    public int MaxOpenFiles { get; set; } = 1024;

    /// <summary>Bytes that a container may write into <c>/app/logs</c>, and as many into <c>/tmp</c>.</summary>
    public long MaxLogBytes { get; set; } = 16L * 1024 * 1024;

    /// <summary>User and group that containers run as, numbers: <c>65532:65532</c>. Not 0.</summary>
    public string User { get; set; } = "65532:65532";

    /// <summary>The containers' network; it is made if there is none.</summary>
    public string Network { get; set; } = "app_network";

    /// <summary>How the silo gets to a container: by its <c>published</c> port on 127.0.0.1, or by the <c>network</c>, where the silo is too.</summary>
    public string Reach { get; set; } = "published";

    /// <summary>
    /// Where logs go, a folder that the engine sees under the same path: <c>task_service.log.json</c> of containers, <c>servidor.log.json</c> of
    /// the silo. Without one, containers write theirs into memory, and they are gone with them.
    /// </summary>
    public string? LogsFolder { get; set; }

    /// <summary>A folder with the task service's sources and Dockerfile, to build an image from that cannot be pulled; null: none is built.</summary>
    public string? TaskServiceSources { get; set; }

    /// <summary>Build arguments for it, such as <c>SDK</c>.</summary>
    public Dictionary<string, string> BuildArguments { get; set; } = [];

    internal Uri EngineAddress => new((Engine ?? Environment.GetEnvironmentVariable("DOCKER_HOST")) is { Length: > 0 } given ? given : DefaultEngine);

    internal int Containers => MaxContainers > 0 ? MaxContainers : Environment.ProcessorCount;

    /// <summary>Whether this silo is to run containers; decided when it starts.</summary>
    internal bool IsRunner => Runner switch
    {
        "true" => true,
        "false" => false,
        _ => EngineAddress is not { Scheme: "unix" } socket || File.Exists(socket.LocalPath),
    };

    public ValidateOptionsResult Validate(string? name, TasksOptions options)
    {
        var broken = Rules(options).Where(rule => !rule.Holds).Select(rule => $"Tasks:{rule.Sentence}").ToArray();
        return broken.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(broken);
    }

    private static IEnumerable<(bool Holds, string Sentence)> Rules(TasksOptions o) =>
    [
        (o.Runner is "auto" or "true" or "false", $"Runner is '{o.Runner}': set it to auto, true or false."),
        (o.Engine is null || (Uri.TryCreate(o.Engine, UriKind.Absolute, out var engine) && engine.Scheme is "unix" or "tcp" or "http"), $"Engine is '{o.Engine}': set it to an address such as {DefaultEngine}."),
        (o.MaxContainers >= 0, $"MaxContainers is {o.MaxContainers}: set it to 1 or more, or to 0 for the number of processors."),
        (o.QueueLength > 0, $"QueueLength is {o.QueueLength}: set it to 1 or more, such as 256."),
        (o.Attempts > 0, $"Attempts is {o.Attempts}: set it to 1 or more, such as 2."),
        .. Durations(o).Select(duration => (duration.Value > TimeSpan.Zero, $"{duration.Name} is {duration.Value}: set it to a duration such as 00:00:30.")),
        (o.KeepWarm >= TimeSpan.Zero, $"KeepWarm is {o.KeepWarm}: set it to a duration such as 00:00:30, or to zero."),
        (o.MaxAnswerBytes is > 0 and <= 64 * 1024 * 1024, $"MaxAnswerBytes is {o.MaxAnswerBytes}: set it to 1 to 67108864, such as 1048576."),
        (o.MemoryBytes >= 6 * 1024 * 1024, $"MemoryBytes is {o.MemoryBytes}: set it to 6291456 or more, such as 268435456."),
        (o.Cpus is > 0 and <= 1024, $"Cpus is {o.Cpus}: set it to a number above 0, such as 1."),
        (o.MaxProcesses > 0, $"MaxProcesses is {o.MaxProcesses}: set it to 1 or more, such as 64."),
        (o.MaxOpenFiles > 0, $"MaxOpenFiles is {o.MaxOpenFiles}: set it to 1 or more, such as 1024."),
        (o.MaxLogBytes >= 4096, $"MaxLogBytes is {o.MaxLogBytes}: set it to 4096 or more, such as 16777216."),
        (IsUser(o.User), $"User is '{o.User}': set it to two numbers above 0, such as 65532:65532."),
        (o.Network.Length > 0, "Network is empty: set it to a name such as app_network."),
        (o.Reach is "published" or "network", $"Reach is '{o.Reach}': set it to published or network."),
        (o.LogsFolder is null or "" || Path.IsPathFullyQualified(o.LogsFolder), $"LogsFolder is '{o.LogsFolder}': set it to a full path."),
        (o.TaskServiceSources is null or "" || File.Exists(Path.Combine(o.TaskServiceSources, "Dockerfile")), $"TaskServiceSources is '{o.TaskServiceSources}', where there is no Dockerfile: set it to the folder docker/task-service."),
    ];

    private static (string Name, TimeSpan Value)[] Durations(TasksOptions o) =>
    [
        (nameof(PullTimeout), o.PullTimeout), (nameof(BuildTimeout), o.BuildTimeout), (nameof(ReadyTimeout), o.ReadyTimeout), (nameof(RunTimeout), o.RunTimeout),
        (nameof(EngineWait), o.EngineWait), (nameof(RunnerLease), o.RunnerLease), (nameof(KeepRecords), o.KeepRecords),
    ];

    private static bool IsUser(string user) =>
        user.Split(':') is [var uid, var gid] && uint.TryParse(uid, out var u) && uint.TryParse(gid, out var g) && u > 0 && g > 0;
}
