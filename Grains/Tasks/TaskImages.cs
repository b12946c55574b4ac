using System.Collections.Concurrent;
using System.Formats.Tar;
using Docker.DotNet;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granero.Tasks;

/// <summary>
/// Gets images: the local one, else the registry's, else one built from the task service's sources and pushed. Source: protocols.md, section 3.
/// </summary>
internal sealed partial class TaskImages(Engine engine, IOptions<TasksOptions> options, TimeProvider time, ILogger<TaskImages> logger)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, (ImageInspectResponse Image, long At)> _local = new(StringComparer.Ordinal);

    /// <returns>The image that is here under the name, as of a second ago; null if there is none.</returns>
    public async Task<ImageInspectResponse?> FindLocalAsync(ImageName name, CancellationToken cancellationToken)
    {
        var text = name.ToString();
        if (_local.TryGetValue(text, out var known) && time.GetElapsedTime(known.At) < Fresh)
            return known.Image;
        var image = await engine.FindImageAsync(text, cancellationToken);
        if (image is null)
            _local.TryRemove(text, out _);
        else
            _local[text] = (image, time.GetTimestamp());
        return image;
    }

    /// <exception cref="RunFailedException">It cannot be had.</exception>
    public async Task<ImageInspectResponse> FetchAsync(ImageName name, RegistryCredentials? credentials, CancellationToken cancellationToken)
    {
        var pull = await TryAsync("pull", options.Value.PullTimeout, limit => PullAsync(name, credentials, limit), credentials, cancellationToken);
        if (pull is null && await FindLocalAsync(name, cancellationToken) is { } pulled)
            return pulled;
        pull ??= "the engine says that it pulled the image, and does not have it";
        LogPullFailed(name.ToString(), pull);
        if (credentials is null || options.Value.TaskServiceSources is not { Length: > 0 } sources)
            throw new RunFailedException(RemoteTaskErrorKind.PullFailed, $"The image {name} is not here and could not be pulled: {pull}.");

        var own = OwnName(name, credentials);
        var build = await TryAsync("build", options.Value.BuildTimeout, limit => BuildAndPushAsync(own, sources, credentials, limit), credentials, cancellationToken);
        return build is null && await FindLocalAsync(own, cancellationToken) is { } built
            ? built
            : throw new RunFailedException(RemoteTaskErrorKind.BuildFailed, $"The image {name} could neither be pulled ({pull}) nor be built and pushed as {own}: {build}.");
    }

    /// <summary><c>usuario/repo:tag</c>, at the registry that was named.</summary>
    private static ImageName OwnName(ImageName name, RegistryCredentials credentials)
    {
        var path = $"{credentials.User}/{name.Path.Split('/')[^1]}";
        var text = new ImageName(name.Registry, path, name.Tag ?? "latest", null).ToString();
        return ImageName.TryParse(text, out var own)
            ? own
            : throw new RunFailedException(RemoteTaskErrorKind.BuildFailed, "The user's name cannot be a part of an image's name.");
    }

    /// <returns>What went wrong, without secrets; null if nothing did.</returns>
    private static async Task<string?> TryAsync(
        string what, TimeSpan timeout, Func<CancellationToken, Task> step, RegistryCredentials? credentials, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            await step(limit.Token);
            return null;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && limit.IsCancellationRequested)
        {
            return $"the {what} took longer than {timeout} ({failure.GetType().Name})";
        }
        catch (Exception refusal) when (refusal is DockerApiException or ImageException)
        {
            return Secrets.Mask(refusal.Message.Trim().TrimEnd('.'), credentials);
        }
    }

    private static AuthConfig? AuthOf(RegistryCredentials? credentials, ImageName name) => credentials is null
        ? null
        : new AuthConfig { Username = credentials.User, Password = credentials.Token, ServerAddress = name.Registry ?? "https://index.docker.io/v1/" };

    private Task PullAsync(ImageName name, RegistryCredentials? credentials, CancellationToken cancellationToken)
    {
        LogPulling(name.ToString());
        var parameters = new ImagesCreateParameters { FromImage = name.Repository, Tag = name.Digest ?? name.Tag };
        return FollowAsync(name, (client, progress) => client.Images.CreateImageAsync(parameters, AuthOf(credentials, name), progress, cancellationToken), cancellationToken);
    }

    private async Task BuildAndPushAsync(ImageName name, string sources, RegistryCredentials credentials, CancellationToken cancellationToken)
    {
        LogBuilding(name.ToString());
        var parameters = new ImageBuildParameters { Tags = [name.ToString()], Remove = true, ForceRemove = true, BuildArgs = options.Value.BuildArguments };
        await using var context = await PackAsync(sources, cancellationToken);
        await FollowAsync(name, (client, progress) => client.Images.BuildImageFromDockerfileAsync(parameters, context, [], new Dictionary<string, string>(), progress, cancellationToken), cancellationToken);
        var push = new ImagePushParameters { Tag = name.Tag };
        await FollowAsync(name, (client, progress) => client.Images.PushImageAsync(name.Repository, push, AuthOf(credentials, name), progress, cancellationToken), cancellationToken);
    }

    /// <summary>The engine tells of failures in the stream of what it does, after it has said 200.</summary>
    private async Task FollowAsync(ImageName name, Func<IDockerClient, IProgress<JSONMessage>, Task> step, CancellationToken cancellationToken)
    {
        var progress = new ImageProgress(name.ToString(), time, LogProgress);
        await engine.CallAsync(client => step(client, progress), cancellationToken);
        if (progress.Error is { } error)
            throw new ImageException(error);
    }

    private static async Task<MemoryStream> PackAsync(string folder, CancellationToken cancellationToken)
    {
        var context = new MemoryStream();
        await using (var tar = new TarWriter(context, leaveOpen: true))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                var name = Path.GetRelativePath(folder, file);
                if (!name.StartsWith("bin/", StringComparison.Ordinal) && !name.StartsWith("obj/", StringComparison.Ordinal))
                    await tar.WriteEntryAsync(file, name, cancellationToken);
            }
        }

        context.Position = 0;
        return context;
    }

    [LoggerMessage(3004, LogLevel.Information, "Pulling the image {Image}")]
    private partial void LogPulling(string image);

    [LoggerMessage(3005, LogLevel.Information, "{Image}: {Status}")]
    private partial void LogProgress(string image, string status);

    [LoggerMessage(3006, LogLevel.Warning, "The image {Image} could not be pulled: {Reason}")]
    private partial void LogPullFailed(string image, string reason);

    [LoggerMessage(3007, LogLevel.Information, "Building and pushing the image {Image}")]
    private partial void LogBuilding(string image);
}

/// <summary>The engine's word on why an image could not be had.</summary>
internal sealed class ImageException(string message) : Exception(message);

/// <summary>Tells of a pull or a build now and then, and keeps its error.</summary>
internal sealed class ImageProgress(string image, TimeProvider time, Action<string, string> tell) : IProgress<JSONMessage>
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);
    private long _told = time.GetTimestamp();

    public string? Error { get; private set; }

    public void Report(JSONMessage value)
    {
        Error ??= value.Error?.Message ?? value.ErrorMessage;
        var status = value.Status ?? value.Stream?.Trim();
        if (status is not { Length: > 0 } || time.GetElapsedTime(_told) < Between)
            return;
        _told = time.GetTimestamp();
        tell(image, $"{value.ID} {status} {value.ProgressMessage}".Trim());
    }
}
