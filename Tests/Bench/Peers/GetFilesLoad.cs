using System.Net;
using Granero.Bench.Load;

namespace Granero.Bench.Peers;

/// <summary>Questions who has a file, over one kept connection. Each answer is compared with the right one.</summary>
/// <param name="target">The REST gateway.</param>
/// <param name="requests">Questions to ask; those that were made are asked over and over.</param>
/// <param name="questions">Some questions and their answers, in any order.</param>
internal sealed class GetFilesLoad(IPEndPoint target, int requests, (byte[] Question, byte[] Answer)[] questions) : ILoad
{
    private readonly HttpConnection connection = new(target);

    public int Requests => requests;

    public int ItemsIn(int request) => 1;

    public void Send(int request)
    {
        var (question, answer) = questions[request % questions.Length];
        if (!connection.Exchange(question).SequenceEqual(answer)) throw new BenchException("The gateway gave a wrong answer to getFiles.");
    }

    public void Dispose() => connection.Dispose();
}
