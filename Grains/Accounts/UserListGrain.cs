using Orleans.Concurrency;

namespace Granero.Accounts;

/// <summary>Answers from the rows, on whichever silo the question comes in.</summary>
[GrainType("user-list"), StatelessWorker]
internal sealed class UserListGrain(UserListStore store, TimeProvider time) : Grain, IUserListGrain
{
    private const int MostUsers = 500;

    public Task<UserLine[]> List(string search, string after, int limit, CancellationToken cancellationToken) =>
        store.Read(search, after, Math.Clamp(limit, 1, MostUsers), cancellationToken);

    public Task<bool> SetDisabled(string username, bool isDisabled, CancellationToken cancellationToken) =>
        store.SetDisabled(username, isDisabled, time.GetUtcNow(), cancellationToken);

    public Task<bool> IsTokenGood(long userId, DateTimeOffset givenAt, CancellationToken cancellationToken) =>
        store.IsTokenGood(userId, givenAt, cancellationToken);
}
