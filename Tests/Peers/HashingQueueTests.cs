using Granero.Support;
using Granero.Tests.Support;
using Microsoft.Extensions.Options;
using Xunit;

namespace Granero.Tests.Peers;

/// <summary>Who waits for a slow hash, and for how long: hashes of a second each, one at a time, by a clock that the test moves.</summary>
public sealed class HashingQueueTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTime _time = new();
    private readonly HashingQueue _queue;
    private readonly SemaphoreSlim _turns = new(0);
    private readonly List<string> _hashed = [];

    public HashingQueueTests() => _queue = new(Options.Create(new PasswordsOptions { LongestWait = TimeSpan.FromSeconds(10) }), _time, places: 1);

    public void Dispose() => _turns.Dispose();

    [Fact]
    public async Task Who_would_wait_for_too_long_is_refused_at_once_and_told_when_it_can_be_taken()
    {
        var taken = Enumerable.Range(0, 11).Select(i => HashAsync($"10.0.0.{i}")).ToArray(); // ten are before the last

        var waits = new List<double>();
        for (var i = 0; i < 3; i++)
            waits.Add((await RefusalAsync(HashAsync("10.0.1.1"))).RetryAfter!.Value.TotalSeconds);

        Assert.Equal([12, 13, 14], waits);
        Assert.Throws<GraneroException>(() => _queue.ThrowIfFull("10.0.1.1"));
        _turns.Release(taken.Length);
        await Task.WhenAll(taken).Soon();
        Assert.DoesNotContain("10.0.1.1", _hashed);
        _queue.ThrowIfFull("10.0.1.1");
    }

    [Fact]
    public async Task Who_has_gone_is_not_hashed_for_and_makes_room()
    {
        using var gone = new CancellationTokenSource();
        var first = HashAsync("10.0.0.1");
        var abandoned = Enumerable.Range(0, 10).Select(i => HashAsync($"10.0.1.{i}", cancellationToken: gone.Token)).ToArray();
        Assert.Throws<GraneroException>(() => _queue.ThrowIfFull("10.0.0.2"));

        await gone.CancelAsync();
        foreach (var one in abandoned)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one).Soon();

        var last = HashAsync("10.0.0.2");
        _turns.Release(2);
        await Task.WhenAll(first, last).Soon();
        Assert.Equal(["10.0.0.1", "10.0.0.2"], _hashed);
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1")]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1::2")]
    public async Task One_network_takes_half_of_the_places_and_others_come_before_all_but_its_first(string ip, string neighbour)
    {
        var many = Enumerable.Range(0, 6).Select(_ => HashAsync(ip)).ToArray();
        await RefusalAsync(HashAsync(neighbour));

        var other = HashAsync("10.0.0.2");
        _turns.Release(2);
        await other.Soon();

        Assert.Equal([ip, "10.0.0.2"], _hashed.Take(2));
        _turns.Release(5);
        await Task.WhenAll(many).Soon();
    }

    [Fact]
    public async Task Of_one_network_who_came_first_is_first_however_many_come_after()
    {
        var waiting = new Queue<Task>(Enumerable.Range(0, 5).Select(i => HashAsync("10.0.0.1", $"{i}")));

        for (var i = 5; i < 20; i++)
        {
            _turns.Release();
            await waiting.Dequeue().Soon();
            waiting.Enqueue(HashAsync("10.0.0.1", $"{i}"));
        }

        _turns.Release(waiting.Count);
        await Task.WhenAll(waiting).Soon();
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}"), _hashed);
    }

    [Fact]
    public async Task Who_has_waited_for_twice_as_long_as_one_may_expect_to_is_refused_and_not_hashed_for()
    {
        var slow = HashAsync("10.0.0.1");
        var waiting = HashAsync("10.0.0.2");

        _time.Advance(20 * Second);

        await RefusalAsync(waiting);
        _turns.Release(2);
        await slow.Soon();
        await HashAsync("10.0.0.3").Soon();
        Assert.Equal(["10.0.0.1", "10.0.0.3"], _hashed);
    }

    [Fact]
    public async Task Who_comes_when_it_was_told_to_is_taken_however_large_the_crowd()
    {
        var (hashing, crowd) = (0, Enumerable.Range(0, 200).Select(i => (Ip: $"10.1.0.{i}", At: _time.GetUtcNow())).ToList());
        var taken = new List<Task>();
        for (var tries = 0; crowd.Count > 0 && tries < 1000; tries++)
        {
            foreach (var one in crowd.Where(one => one.At <= _time.GetUtcNow()).ToArray())
            {
                crowd.Remove(one);
                var hash = HashAsync(one.Ip);
                if (hash.IsFaulted)
                    crowd.Add(one with { At = _time.GetUtcNow() + (await RefusalAsync(hash)).RetryAfter!.Value });
                else
                    taken.Add(hash);
            }

            if (taken.Count == 0)
            {
                _time.Advance(Second);
                continue;
            }

            _turns.Release();
            await Task.WhenAny(taken).Soon();
            hashing += taken.RemoveAll(hash => hash.IsCompletedSuccessfully);
        }

        _turns.Release(taken.Count);
        await Task.WhenAll(taken).Soon();
        Assert.Equal(200, hashing + taken.Count);
        Assert.InRange((_time.GetUtcNow() - DateTimeOffset.UnixEpoch.AddDays(1)).TotalSeconds, 200, 220);
    }

    private static async Task<GraneroException> RefusalAsync(Task hash)
    {
        var refusal = await Assert.ThrowsAsync<GraneroException>(() => hash).Soon();
        Assert.Equal(ErrorCode.TooManyAtOnce, refusal.Code);
        return refusal;
    }

    private Task<int> HashAsync(string ip, string? name = null, CancellationToken cancellationToken = default) =>
        _queue.RunAsync(ip, Second, () => Hash(name ?? ip), cancellationToken);

    private int Hash(string name)
    {
        _turns.Wait();
        _time.Advance(Second);
        _hashed.Add(name);
        return 0;
    }
}
