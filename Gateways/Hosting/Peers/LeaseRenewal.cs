using System.Collections.Concurrent;
using System.Net;
using Granero.Peers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granero.Gateways.Hosting.Peers;

/// <summary>
/// Notes who calls, and has their leases renewed now and then: a question that changes nothing costs no write of its own, and still shows
/// that a peer is there.
/// </summary>
public sealed partial class LeaseRenewal(IGrainFactory grains, TimeProvider time, ILogger<LeaseRenewal> logger) : BackgroundService
{
    /// <summary>Well below the shortest lease that can be configured, a minute.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    /// <summary>Callers between two renewals; who comes after that many is noted the next time.</summary>
    private const int MaxCallers = 100_000;

    private readonly ConcurrentDictionary<IPAddress, string> _ips = new();
    private readonly ConcurrentDictionary<string, byte[]> _tokenHashes = new(StringComparer.Ordinal);

    /// <summary>Costs next to nothing for somebody who has been noted already.</summary>
    /// <param name="remote">The connection's remote IP, or what a trusted proxy said it is.</param>
    /// <param name="token">The token that the call bears; null when it bears none.</param>
    public void Note(IPAddress remote, string? token)
    {
        if (!_ips.ContainsKey(remote) && _ips.Count < MaxCallers)
            _ips.TryAdd(remote, Caller.From(remote, token: null).Ip);
        if (token is not null && !_tokenHashes.ContainsKey(token) && _tokenHashes.Count < MaxCallers)
            _tokenHashes.TryAdd(token, Caller.HashOf(token));
    }

    /// <summary>Has the leases of those renewed who were noted since the last time.</summary>
    public async Task RenewAsync(CancellationToken cancellationToken = default)
    {
        if (_ips.IsEmpty && _tokenHashes.IsEmpty)
            return;
        await grains.GetGrain<IPeerLeasesGrain>(0).Renew(TakeAll(_ips), TakeAll(_tokenHashes), cancellationToken);
    }

    /// <summary>One by one: who is noted meanwhile is either taken along or stays for the next time.</summary>
    private static TValue[] TakeAll<TKey, TValue>(ConcurrentDictionary<TKey, TValue> noted)
        where TKey : notnull
    {
        var taken = new List<TValue>();
        foreach (var key in noted.Keys)
        {
            if (noted.TryRemove(key, out var value))
                taken.Add(value);
        }

        return [.. taken];
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RenewAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // Nothing is lost but a little of a long lease: who calls again is noted again.
                LogFailed(failure.GetType().Name, failure.Message);
            }
        }
    }

    [LoggerMessage(2003, LogLevel.Warning, "Leases of peers could not be renewed now; those who call again are renewed the next time: {Kind}: {Reason}")]
    private partial void LogFailed(string kind, string reason);
}

/// <summary>Adds <see cref="LeaseRenewal"/> to a gateway.</summary>
public static class LeaseRenewalServices
{
    /// <summary>One for the process, which runs with it.</summary>
    public static void AddLeaseRenewal(this IServiceCollection services)
    {
        services.AddSingleton<LeaseRenewal>();
        services.AddHostedService(provider => provider.GetRequiredService<LeaseRenewal>());
    }
}
