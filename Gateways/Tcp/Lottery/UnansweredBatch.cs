using Granero.Lottery;

namespace Granero.Gateways.Tcp.Lottery;

/// <summary>How far a batch has come whose answer its client may not have got.</summary>
internal enum BatchFate
{
    /// <summary>Its connection goes on, or has not been settled yet.</summary>
    Open,

    /// <summary>Its connection ended before its answer was certainly taken: the client may send it again.</summary>
    Lost,

    /// <summary>It was sent again through another gateway, and is that one's now.</summary>
    HandedOver,

    /// <summary>Nobody needs it any more.</summary>
    Forgotten,
}

/// <summary>A batch whose answer its client may not have got. What changes is guarded by the lock of <see cref="UnansweredBatches"/>.</summary>
/// <param name="client">Whose answer it is.</param>
/// <param name="agency">Whose bets they are.</param>
/// <param name="bets">The batch as it arrived; it may get the id of one that it repeats.</param>
/// <param name="requestEnd">Where in the connection's bytes its request ended.</param>
internal sealed class UnansweredBatch(ClientAnswers client, int agency, BetBatch bets, long requestEnd)
{
    public ClientAnswers Client => client;

    public int Agency => agency;

    /// <summary>Under which the cluster knows it.</summary>
    public Guid Id { get; private set; } = bets.Id;

    /// <summary>Null once it is forgotten.</summary>
    public BetBatch? Bets { get; private set; } = bets;

    /// <summary>The same for the same bets of an agency, and cheap.</summary>
    public int Key { get; } = HashCode.Combine(agency, bets.Numbers.Length, bets.Numbers[0], bets.Documents[0], bets.Documents[^1]);

    /// <summary>About how many bytes of memory it holds.</summary>
    public long Weight { get; private set; }

    public BatchFate Fate { get; set; }

    /// <summary>A timestamp.</summary>
    public long LostAt { get; set; }

    /// <summary>The one batch that waits for this one's end: its result is whether the client may have missed the answer.</summary>
    public TaskCompletionSource<bool>? End { get; set; }

    /// <summary>The batch of another gateway that this one was handed over to, or is going to be.</summary>
    public Guid? HandedTo { get; set; }

    /// <summary>The answer was read, though nobody has acted on it yet.</summary>
    public bool IsProven => requestEnd <= client.ProvenUpTo;

    /// <summary>Neighbours among those with the same key.</summary>
    public (UnansweredBatch? Older, UnansweredBatch? Newer) SameKey;

    /// <summary>Neighbours in a <see cref="BatchLine"/>, and which line it is.</summary>
    public (BatchLine? Line, UnansweredBatch? Older, UnansweredBatch? Newer) InLine;

    public void Weigh()
    {
        const int BytesOfObjects = 100;
        if (Weight > 0 || Bets is not { } bets)
        {
            return;
        }

        var characters = 0L;
        for (var i = 0; i < bets.Numbers.Length; i++)
        {
            characters += bets.FirstNames[i].Length + bets.LastNames[i].Length + bets.Documents[i].Length;
        }

        Weight = (bets.Numbers.Length * BytesOfObjects) + (characters * sizeof(char));
    }

    /// <summary>It is the same batch as another one: the cluster is to see one id.</summary>
    public void TakeId(Guid id)
    {
        Id = id;
        Bets = Bets! with { Id = id };
    }

    public void Forget()
    {
        Fate = BatchFate.Forgotten;
        Bets = null;
    }

    /// <summary>Whether the other one is of the same agency and has the same bets in the same order.</summary>
    public bool IsLike(UnansweredBatch other) =>
        Agency == other.Agency && Bets is { } mine && other.Bets is { } others
        && mine.Numbers.AsSpan().SequenceEqual(others.Numbers)
        && mine.Documents.AsSpan().SequenceEqual(others.Documents)
        && mine.Birthdates.AsSpan().SequenceEqual(others.Birthdates)
        && mine.FirstNames.AsSpan().SequenceEqual(others.FirstNames)
        && mine.LastNames.AsSpan().SequenceEqual(others.LastNames);
}
