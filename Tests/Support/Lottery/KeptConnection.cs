using System.Net;

namespace Granero.Tests.Support;

/// <summary>One connection for all that a client says. After a failure it is given up, and the next step opens another.</summary>
internal sealed class KeptConnection(EndPoint server, TimeSpan? limit)
{
    private RawConnection? connection;

    public async Task UseAsync(Func<RawConnection, Task> act, CancellationToken cancellationToken)
    {
        connection ??= await RawConnection.OpenAsync(server, limit, cancellationToken);
        try
        {
            await act(connection);
        }
        catch
        {
            await LeaveAsync();
            throw;
        }
    }

    /// <summary>Closes, after a last word if there is one and somebody to say it to.</summary>
    public async ValueTask LeaveAsync(ReadOnlyMemory<byte> lastWord = default)
    {
        if (connection is null) return;
        await using var leaving = connection;
        connection = null;
        if (!lastWord.IsEmpty) await leaving.SendAsync(lastWord);
    }
}
