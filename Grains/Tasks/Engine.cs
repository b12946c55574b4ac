using System.Net;
using System.Net.Sockets;
using Docker.DotNet;
using Docker.DotNet.Models;
using Microsoft.Extensions.Options;

namespace Granero.Tasks;

/// <summary>The engine that runs containers. Whatever says that it is not there or not well comes out as an <see cref="EngineException"/>.</summary>
internal sealed class Engine(IOptions<TasksOptions> options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Recently = TimeSpan.FromSeconds(1);

    private readonly Lazy<DockerClient> _client = new(() => new DockerClientConfiguration(options.Value.EngineAddress, defaultTimeout: CallTimeout).CreateClient());
    private long? _answered;

    /// <exception cref="EngineException">See above; refusals are <see cref="DockerApiException"/>.</exception>
    public async Task<T> CallAsync<T>(Func<IDockerClient, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            var result = await call(_client.Value);
            _answered = time.GetTimestamp();
            return result;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && IsEngines(failure))
        {
            _answered = null;
            throw new EngineException($"The engine at {options.Value.EngineAddress} does not answer: {failure.GetBaseException().Message}", failure);
        }
    }

    /// <inheritdoc cref="CallAsync{T}"/>
    public Task CallAsync(Func<IDockerClient, Task> call, CancellationToken cancellationToken) => CallAsync(
        async client =>
        {
            await call(client);
            return true;
        },
        cancellationToken);

    /// <returns>Whether it answers, as of a second ago.</returns>
    public async Task<bool> IsUpAsync(CancellationToken cancellationToken)
    {
        if (_answered is { } at && time.GetElapsedTime(at) < Recently)
            return true;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(PingTimeout);
        try
        {
            await CallAsync(client => client.System.PingAsync(limit.Token), cancellationToken);
            return true;
        }
        catch (EngineException)
        {
            return false;
        }
    }

    /// <returns>Null if there is none of that name or id, or the engine takes it for no name: one that is too long, most likely.</returns>
    public Task<ImageInspectResponse?> FindImageAsync(string name, CancellationToken cancellationToken) => CallAsync<ImageInspectResponse?>(
        async client =>
        {
            try
            {
                return await client.Images.InspectImageAsync(name, cancellationToken);
            }
            catch (DockerApiException refusal) when (refusal.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest)
            {
                return null;
            }
        },
        cancellationToken);

    public void Dispose()
    {
        if (_client.IsValueCreated)
            _client.Value.Dispose();
    }

    private static bool IsEngines(Exception failure) => failure switch
    {
        // "server error" and the like of an engine that stops; refusals of an image or a command are 400 to 409, and 500 for a registry's.
        DockerApiException { StatusCode: HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway } => true,
        DockerApiException => false,
        HttpRequestException or SocketException or IOException or TimeoutException or OperationCanceledException => true,
        _ => false,
    };
}
