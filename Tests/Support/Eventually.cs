using System.Diagnostics;
using Xunit;

namespace Granero.Tests.Support;

/// <summary>Waits for what nobody announces.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Asks again and again, and fails the test once it has taken too long. A cluster that cannot answer has not said no.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> condition)
    {
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < Limit)
        {
            try
            {
                if (await condition())
                    return;
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                // A killed silo's part of the cluster has not found its new place yet.
            }

            await Task.Yield();
        }

        Assert.Fail($"It did not come to hold within {Limit.TotalSeconds} s.");
    }
}
