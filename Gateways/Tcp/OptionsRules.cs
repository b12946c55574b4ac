using Granero.Gateways.Hosting;
using Granero.Gateways.Tcp.Lottery;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Tcp;

/// <summary>What the settings must be. A setting that is not stops the start with a sentence that names it and the fix.</summary>
internal sealed class OptionsRules : IValidateOptions<TcpOptions>, IValidateOptions<LotteryOptions>
{
    /// <summary>Above it, a batch would not fit into a message between processes (Orleans: 100 MB).</summary>
    private const int MaxFrameBytesLimit = 64 * 1024 * 1024;

    public ValidateOptionsResult Validate(string? name, TcpOptions options) => GatewayRules.Judge(
        (options.Port is > 0 and <= ushort.MaxValue, $"Tcp:Port is {options.Port}; set a port from 1 to 65535, for example 12345."),
        (options.MaxFrameBytes is >= 1024 and <= MaxFrameBytesLimit, $"Tcp:MaxFrameBytes is {options.MaxFrameBytes}; set 1024 to {MaxFrameBytesLimit} bytes, for example 16777216."),
        (options.MaxBufferedBytes >= options.MaxFrameBytes, $"Tcp:MaxBufferedBytes is {options.MaxBufferedBytes}; set Tcp:MaxFrameBytes or more, for example 268435456."),
        (options.MaxConnections > 0, $"Tcp:MaxConnections is {options.MaxConnections}; set 1 or more, for example 10000."),
        (options.FrameTimeout > TimeSpan.Zero && options.FrameTimeout <= TimeSpan.FromHours(1), $"Tcp:FrameTimeout is {options.FrameTimeout}; set a time above zero and up to an hour, for example 00:00:30."),
        (options.IdleTimeout > TimeSpan.Zero && options.IdleTimeout <= TimeSpan.FromDays(1), $"Tcp:IdleTimeout is {options.IdleTimeout}; set a time above zero and up to a day, for example 00:10:00."),
        (options.RetryFor >= TimeSpan.Zero && options.RetryFor <= TimeSpan.FromHours(1), $"Tcp:RetryFor is {options.RetryFor}; set zero to one hour, for example 00:00:30."));

    public ValidateOptionsResult Validate(string? name, LotteryOptions options) => GatewayRules.Judge(
        (options.AckEvery is > 0 and <= 1_000_000, $"Lottery:AckEvery is {options.AckEvery}; set 1 to 1000000 bets, for example 40."),
        (options.WinnersWait >= TimeSpan.Zero && options.WinnersWait <= TimeSpan.FromMinutes(1), $"Lottery:WinnersWait is {options.WinnersWait}; set zero to one minute, for example 00:00:02."));
}
