using Granero.Peers;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Rest.Peers;

/// <summary>Places for requests with large bodies, which are held in memory as a whole: so many in all, and half of them for one IP.</summary>
internal sealed class LargeBodies(IOptions<PeersOptions> options) : IDisposable
{
    /// <summary>A body of up to so many bytes is none.</summary>
    private const int SmallBytes = 64 * 1024;

    /// <summary>IPs that have a place or wait for one.</summary>
    private const int MostCallers = 64;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Nobody keeps a place by sending drop by drop.</summary>
    private static readonly MinDataRate SlowestBody = new(bytesPerSecond: 16 * 1024, gracePeriod: TimeSpan.FromSeconds(5));

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _ofIps = [];
    private readonly SemaphoreSlim _free = new(options.Value.MaxLargeBodies);

    /// <summary>Waits for a place, up to some seconds.</summary>
    /// <returns>The place, until it is disposed of; null for a request that needs none.</returns>
    /// <exception cref="GraneroException"><see cref="ErrorCode.TooManyAtOnce"/>: nothing of the body was read.</exception>
    public async ValueTask<IDisposable?> EnterAsync(HttpContext http, Caller caller)
    {
        if (http.Request.ContentLength <= SmallBytes)
            return null;
        Enter(caller.Ip);
        try
        {
            if (!await _free.WaitAsync(Patience, http.RequestAborted))
                throw TooMany();
        }
        catch
        {
            Leave(caller.Ip);
            throw;
        }

        http.Features.Get<IHttpMinRequestBodyDataRateFeature>()?.MinDataRate = SlowestBody;
        return new Place(this, caller.Ip);
    }

    public void Dispose() => _free.Dispose();

    private void Enter(string ip)
    {
        lock (_gate)
        {
            var ofIp = _ofIps.GetValueOrDefault(ip);
            if (ofIp >= Math.Max(1, options.Value.MaxLargeBodies / 2) || _ofIps.Count >= MostCallers)
                throw TooMany();
            _ofIps[ip] = ofIp + 1;
        }
    }

    private void Leave(string ip)
    {
        lock (_gate)
        {
            if (--_ofIps[ip] == 0)
                _ofIps.Remove(ip);
        }
    }

    private static GraneroException TooMany() =>
        new(ErrorCode.TooManyAtOnce, $"Too many long lists of files are being indexed. Try again in {Patience.TotalSeconds:0} s.") { RetryAfter = Patience };

    private sealed class Place(LargeBodies bodies, string ip) : IDisposable
    {
        public void Dispose()
        {
            bodies._free.Release();
            bodies.Leave(ip);
        }
    }
}
