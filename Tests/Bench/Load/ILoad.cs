namespace Granero.Bench.Load;

/// <summary>One client's requests, made ready before the clock starts. Sent one at a time, each after the reply to the one before.</summary>
internal interface ILoad : IDisposable
{
    int Requests { get; }

    /// <summary>What a request counts as: its bets, or one question.</summary>
    int ItemsIn(int request);

    /// <summary>Sends a request and returns when it is answered, and its bets are acknowledged. Blocks: there is a thread for it.</summary>
    void Send(int request);
}
