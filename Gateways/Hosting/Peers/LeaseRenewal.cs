using System.Collections.Concurrent;
using System.Net;
using Granero.Peers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granero.Gateways.Hosting.Peers;

/// <summary>
/// Notes who calls, and has their leases renewed now and then: a question that changes nothing costs no write, and still shows that a
/// peer is there.
/// </summary>
public sealed partial class LeaseRenewal(IGrainFactory grains, TimeProvider time, ILogger<LeaseRenewal> logger) : BackgroundService
{
    /// <summary>Well below the shortest lease that can be configured, a minute.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    /// <summary>Callers between two renewals; who comes after that many is noted the next time.</summary>
    private const int MaxCallers = 100_000;

    private readonly ConcurrentDictionary<IPAddress, bool> _ips = new();
    private readonly ConcurrentDictionary<string, byte[]> _tokenHashes = new(StringComparer.Ordinal);

    /// <summary>Costs next to nothing for somebody who has been noted already.</summary>
    /// <param name="remote">The connection's remote IP, or what a trusted proxy said it is.</param>
    /// <param name="token">The token that the call bears; null when it bears none.</param>
    public void Note(IPAddress remote, string? token)
    {
        if (!_ips.ContainsKey(remote) && _ips.Count < MaxCallers)
            _ips.TryAdd(remote, true);
        if (token is not null && !_tokenHashes.ContainsKey(token) && _tokenHashes.Count < MaxCallers)
            _tokenHashes.TryAdd(token, Caller.HashOf(token));
    }

    /// <summary>Has the leases of those renewed who were noted since the last time.</summary>
    public async Task RenewAsync(CancellationToken cancellationToken = default)
    {
        if (_ips.IsEmpty && _tokenHashes.IsEmpty)
            return;
        string[] ips = [.. _ips.Keys.Select(ip => Caller.From(ip, token: null).Ip)];
        byte[][] tokenHashes = [.. _tokenHashes.Values];
        _ips.Clear();
        _tokenHashes.Clear();
        await grains.GetGrain<IPeerLeasesGrain>(0).Renew(ips, tokenHashes, cancellationToken);
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

    [LoggerMessage(LogLevel.Warning, "Leases of peers could not be renewed now; those who call again are renewed the next time: {Kind}: {Reason}")]
    private partial void LogFailed(string kind, string reason);
}
