using System.Reflection;

namespace Granero.Tests.Support.Peers;

/// <summary>Grains but for the calls that a test answers in their place, or lets wait, or has fail.</summary>
public static class InterceptedGrains
{
    private delegate object? Answer(string method, object?[] arguments, Func<object?> call);

    /// <param name="answer">Given a call's method and arguments, returns the task that the caller awaits.</param>
    internal static IGrainFactory Of(Func<string, object?[], object?> answer) => Of(null, (method, arguments, _) => answer(method, arguments));

    /// <param name="grains">The real ones.</param>
    /// <param name="answer">Given a call's method and the real call, returns the task that the caller awaits.</param>
    internal static IGrainFactory Of(IGrainFactory grains, Func<string, Func<object?>, object?> answer) =>
        Of(grains, (method, _, call) => answer(method, call));

    private static IGrainFactory Of(IGrainFactory? grains, Answer answer)
    {
        var factory = DispatchProxy.Create<IGrainFactory, Proxy>();
        ((Proxy)factory).Handler = (method, arguments) => Intercept(method.GetGenericArguments()[0], Real(grains, method, arguments), answer);
        return factory;
    }

    private static object Intercept(Type type, object? real, Answer answer)
    {
        var grain = DispatchProxy.Create(type, typeof(Proxy));
        ((Proxy)grain).Handler = (method, arguments) => answer(method.Name, arguments, () => Real(real, method, arguments));
        return grain;
    }

    private static object? Real(object? target, MethodInfo method, object?[] arguments) =>
        target is null ? null : method.Invoke(target, BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null);

    /// <summary>Made at run time, so that Orleans' code generator does not take the stand-in for a grain.</summary>
    public class Proxy : DispatchProxy
    {
        internal Func<MethodInfo, object?[], object?>? Handler { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Handler!(targetMethod!, args!);
    }
}
