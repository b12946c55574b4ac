using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Granero.Gateways.Grpc.Support;

/// <summary>Answers each call that fails with the status that <see cref="Statuses"/> has for it.</summary>
internal sealed class StatusInterceptor : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception failure) when (StatusOf(failure, context) is { } status)
        {
            throw new RpcException(status);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception failure) when (StatusOf(failure, context) is { } status)
        {
            throw new RpcException(status);
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(requestStream, context);
        }
        catch (Exception failure) when (StatusOf(failure, context) is { } status)
        {
            throw new RpcException(status);
        }
    }

    /// <summary>Whatever a call ends with after its client has gone, or its deadline has passed, is the end that the client wanted.</summary>
    private static Status? StatusOf(Exception failure, ServerCallContext context) => context.CancellationToken.IsCancellationRequested
        ? new Status(StatusCode.Cancelled, "The client has ended the call.")
        : Statuses.Of(failure);
}
