using Google.Protobuf;
using Grpc.Core;

namespace Granero.Gateways.Grpc.Support;

/// <summary>Binds a service so that a message that cannot be parsed is the client's mistake. Without it, it is UNKNOWN, and an error with a stack in the log.</summary>
internal sealed class ParsingBinder(ServiceBinderBase services) : ServiceBinderBase
{
    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
        services.AddMethod(Guard(method), handler);

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
        services.AddMethod(Guard(method), handler);

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) =>
        services.AddMethod(Guard(method), handler);

    private static Method<TRequest, TResponse> Guard<TRequest, TResponse>(Method<TRequest, TResponse> method)
    {
        var requests = method.RequestMarshaller;
        return new(
            method.Type, method.ServiceName, method.Name,
            Marshallers.Create(requests.ContextualSerializer, context => Parse(requests, context)), method.ResponseMarshaller);
    }

    private static T Parse<T>(Marshaller<T> messages, DeserializationContext context)
    {
        try
        {
            return messages.ContextualDeserializer(context);
        }
        catch (InvalidProtocolBufferException mistake)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"The message is no {typeof(T).Name}: {mistake.Message}"));
        }
    }
}
