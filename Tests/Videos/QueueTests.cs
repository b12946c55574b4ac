using System.Globalization;
using Granero.Tests.Support;
using Granero.Videos;
using Npgsql;
using Xunit;

namespace Granero.Tests.Videos;

/// <summary>The encoders' queue: who is next, who may write, and what becomes of those whose encoder dies.</summary>
public sealed class QueueTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private TestDatabase _database = null!;
    private NpgsqlDataSource _postgres = null!;
    private VideoQueue _queue = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _postgres = NpgsqlDataSource.Create(_database.ConnectionString);
        _queue = new(_postgres);
    }

    public async ValueTask DisposeAsync()
    {
        await _postgres.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Users_take_turns_whoever_came_first()
    {
        await AddAsync(user: 1, videos: 4);
        await AddAsync(user: 2, videos: 2);
        await AddAsync(user: 3, videos: 1);

        var turns = new List<string>();
        while (await ClaimAsync() is { } job)
        {
            turns.Add((await _database.Rows($"select user_id from videos where id = {job.Id}"))[0]);
            await _queue.FinishAsync(job, 1, default);
        }

        Assert.Equal(["1", "2", "3", "1", "2", "1", "1"], turns);
    }

    [Fact]
    public async Task A_user_with_a_video_in_work_waits_behind_one_without()
    {
        await AddAsync(user: 1, videos: 3);
        await AddAsync(user: 2, videos: 2);
        var first = await ClaimAsync();
        var second = await ClaimAsync();
        await _queue.FinishAsync(second!, 1, default);

        var third = await ClaimAsync();

        Assert.Equal(["1", "2", "2"], await UsersOf(first, second, third));
    }

    [Fact]
    public async Task No_video_is_taken_twice_however_many_ask_at_once()
    {
        await AddAsync(user: 1, videos: 20);

        var jobs = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => ClaimAsync()));

        Assert.Equal(20, jobs.Where(job => job is not null).Select(job => job!.Id).Distinct().Count());
        Assert.Equal(20, jobs.Count(job => job is null));
    }

    [Fact]
    public async Task A_video_whose_encoder_shows_no_life_is_taken_over_and_the_old_one_may_not_write_any_more()
    {
        await AddAsync(user: 1, videos: 1);
        var dead = (await ClaimAsync())!;
        Assert.Null(await ClaimAsync());
        await ExpireAsync();

        var next = (await ClaimAsync())!;

        Assert.Equal((dead.Id, dead.Attempt + 1, 2), (next.Id, next.Attempt, next.Try));
        Assert.False(await _queue.BeatAsync(dead, 50, Lease, default));
        Assert.False(await _queue.FinishAsync(dead, 1, default));
        await _queue.FailAsync(dead, "x", isFinal: true, 3, default);
        await _queue.GiveBackAsync(dead, default);
        Assert.True(await _queue.BeatAsync(next, 10, Lease, default));
        Assert.True(await _queue.FinishAsync(next, 1, default));
        Assert.True(await _queue.FinishAsync(next, 1, default)); // sent again
        Assert.Equal([$"2|{next.Attempt}"], await _database.Rows("select status, attempt from videos"));
    }

    [Fact]
    public async Task A_video_that_kills_its_encoders_is_given_up_after_three()
    {
        await AddAsync(user: 1, videos: 1);
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            Assert.Equal(attempt, (await ClaimAsync())!.Try);
            await ExpireAsync();
        }

        Assert.Null(await ClaimAsync());
        Assert.Equal(["3|The process that worked on it has died each time, 3 times in all."], await _database.Rows("select status, failure from videos"));
    }

    [Fact]
    public async Task A_failure_is_tried_again_twice_unless_that_would_change_nothing()
    {
        await AddAsync(user: 1, videos: 1);
        for (var attempt = 1; attempt <= 3; attempt++)
            await _queue.FailAsync((await ClaimAsync())!, "it is broken.", isFinal: false, 3, default);
        Assert.Null(await ClaimAsync());
        Assert.Equal(["3|it is broken.|3"], await _database.Rows("select status, failure, failures from videos"));

        await AddAsync(user: 2, videos: 1);
        await _queue.FailAsync((await ClaimAsync())!, "it is no use.", isFinal: true, 3, default);

        Assert.Null(await ClaimAsync());
    }

    [Fact]
    public async Task A_silo_that_stops_gives_its_video_back_and_the_attempt_does_not_count()
    {
        await AddAsync(user: 1, videos: 1);

        for (var i = 0; i < 5; i++)
            await _queue.GiveBackAsync((await ClaimAsync())!, default);

        Assert.Equal(1, (await ClaimAsync())!.Try);
    }

    [Fact]
    public async Task Operators_see_tasks_in_the_old_words()
    {
        await AddAsync(user: 7, videos: 3);
        await _queue.FinishAsync((await ClaimAsync())!, 1, default);
        await _queue.FailAsync((await ClaimAsync())!, "x", isFinal: true, 3, default);
        await ClaimAsync();

        var ids = await _database.Rows("select id from tasks order by id");
        var today = DateTime.UtcNow.ToString("yyyy'/'MM'/'dd", CultureInfo.InvariantCulture);
        Assert.Equal(
            [$"{ids[0]}|7|{today}/{ids[0]}_a.mp4|processed", $"{ids[1]}|7|{today}/{ids[1]}_a.mp4|failed", $"{ids[2]}|7|{today}/{ids[2]}_a.mp4|uploaded"],
            await _database.Rows("select id, user_id, file_path, status from tasks where timestamp is not null order by id"));
    }

    private Task<EncodingJob?> ClaimAsync() => _queue.ClaimAsync("test", Lease, maxAttempts: 3, default);

    private Task ExpireAsync() => _database.Execute("update videos set lease_ends_at = now() - interval '1 second' where status = 1");

    private async Task<string[]> UsersOf(params EncodingJob?[] jobs)
    {
        var users = new List<string>();
        foreach (var job in jobs)
            users.AddRange(await _database.Rows($"select user_id from videos where id = {job!.Id}"));
        return [.. users];
    }

    private Task AddAsync(int user, int videos) => _database.Execute(
        $"""
        insert into users (id, username, email, created_at) overriding system value values ({user}, 'u{user}', 'u{user}', now()) on conflict do nothing;
        insert into videos (user_id, upload, file_name, uploaded_at, length, sha256, width, height, duration_ms, has_sound)
        select {user}, gen_random_uuid(), 'a.mp4', now(), 1, sha256('x'), 160, 120, 1000, true from generate_series(1, {videos});
        """);
}
