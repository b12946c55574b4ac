namespace Granero.Bench.Load;

/// <summary>One agency's requests, made ready before the clock starts. Sent one at a time, each after the reply to the one before.</summary>
internal interface ILoad : IDisposable
{
    int Requests { get; }

    int BetsIn(int request);

    /// <summary>Sends a request and returns when its bets are acknowledged. Blocks: there is a thread for it.</summary>
    void Send(int request);
}
