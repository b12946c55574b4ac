namespace Granero.Tests.Support;

/// <summary>One agency's client, from its first bet to its winners.</summary>
/// <remarks>After a failure start again with <see cref="SendBetsAsync"/>: it goes on from the last acknowledged bet, on a new connection.</remarks>
public interface ILotteryClient : IAsyncDisposable
{
    /// <summary>How many of the agency's bets the server has acknowledged: always the first ones.</summary>
    int Acknowledged { get; }

    /// <summary>Sends the bets that are not acknowledged yet.</summary>
    /// <exception cref="UnexpectedReplyException">The server answered with anything but an ack.</exception>
    Task SendBetsAsync(CancellationToken cancellationToken = default);

    /// <summary>Says that all bets have been sent.</summary>
    Task DeclareReadyAsync(CancellationToken cancellationToken = default);

    /// <summary>Waits for the draw.</summary>
    /// <returns>The documents of this agency's winners, in the order in which the server names them.</returns>
    Task<string[]> WaitForWinnersAsync(CancellationToken cancellationToken = default);

    /// <summary>All three steps.</summary>
    async Task<string[]> PlayAsync(CancellationToken cancellationToken = default)
    {
        await SendBetsAsync(cancellationToken);
        await DeclareReadyAsync(cancellationToken);
        return await WaitForWinnersAsync(cancellationToken);
    }
}

/// <summary>The server said something that the client was not written for.</summary>
public sealed class UnexpectedReplyException(string expected, string reply) : Exception($"Expected {expected}, got {reply}.");
