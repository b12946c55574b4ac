using System.Threading.Channels;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Granero.Tests.Support.Peers;

/// <summary>Tells when a server is done with a call, whatever its client has heard of it.</summary>
internal sealed class CallWatch : Interceptor
{
    private readonly Channel<string> _ended = Channel.CreateUnbounded<string>();

    /// <summary>The name of the method whose call ended next, or has ended unseen.</summary>
    public Task<string> NextEndAsync() => _ended.Reader.ReadAsync().AsTask();

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        finally
        {
            Tell(context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        finally
        {
            Tell(context);
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(requestStream, context);
        }
        finally
        {
            Tell(context);
        }
    }

    private void Tell(ServerCallContext context) => _ended.Writer.TryWrite(context.Method.Split('/')[^1]);
}
