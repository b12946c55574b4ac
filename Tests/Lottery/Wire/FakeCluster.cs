using System.Collections.Concurrent;
using System.Reflection;
using Granero.Lottery;

namespace Granero.Tests.Lottery.Wire;

/// <summary>Stands in for the cluster: each grain method is a function that the test may replace. Records what was asked.</summary>
public sealed class FakeCluster
{
    public FakeCluster()
    {
        Factory = DispatchProxy.Create<IGrainFactory, Proxy>();
        ((Proxy)Factory).Handler = (method, arguments) => Grain(method.GetGenericArguments()[0], (long)arguments[0]!);
    }

    public IGrainFactory Factory { get; }

    public Func<long, BetBatch, Task<int>> PlaceBets { get; set; } = (_, _) => Task.FromResult(1);

    public Func<long, Task<int>> DeclareReady { get; set; } = _ => Task.FromResult(1);

    public Func<long, Task<WinnersAnswer>> AskWinners { get; set; } = _ => Task.FromResult(new WinnersAnswer(null, null));

    public Func<long, Task<bool>> WaitUntilHeld { get; set; } = _ => new TaskCompletionSource<bool>().Task;

    public ConcurrentQueue<(long Agency, BetBatch Batch)> Placed { get; } = [];

    public ConcurrentQueue<string> Calls { get; } = [];

    private object Grain(Type type, long key)
    {
        var grain = DispatchProxyOf(type);
        ((Proxy)grain).Handler = (method, arguments) => Call(method.Name, key, arguments);
        return grain;
    }

    private static object DispatchProxyOf(Type type) =>
        type == typeof(IAgencyGrain) ? DispatchProxy.Create<IAgencyGrain, Proxy>() : DispatchProxy.Create<IDrawGrain, Proxy>();

    private object Call(string method, long key, object?[] arguments)
    {
        Calls.Enqueue($"{method} {key}");
        switch (method)
        {
            case nameof(IAgencyGrain.PlaceBets):
                var batch = (BetBatch)arguments[0]!;
                Placed.Enqueue((key, batch));
                return PlaceBets(key, batch);
            case nameof(IAgencyGrain.DeclareReady):
                return DeclareReady(key);
            case nameof(IAgencyGrain.AskWinners):
                return AskWinners(key);
            case nameof(IDrawGrain.WaitUntilHeld):
                return WaitUntilHeld(key);
            default:
                throw new NotSupportedException(method);
        }
    }

    /// <summary>Made at run time, so that Orleans' code generator does not take the fake for a grain.</summary>
    public class Proxy : DispatchProxy
    {
        internal Func<MethodInfo, object?[], object>? Handler { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Handler!(targetMethod!, args!);
    }
}
