using Granero.Tests.Support;
using Xunit;

namespace Granero.Tests.Lottery.Wire;

public sealed class DrawWatchTests : IAsyncDisposable
{
    private readonly GatewayFixture _gateway = new();
    private readonly SemaphoreSlim _asked = new(0);
    private Queue<TaskCompletionSource<bool>> _answers = new();

    public DrawWatchTests() => _gateway.Cluster.WaitUntilHeld = _ =>
    {
        var answer = _answers.Dequeue().Task;
        _asked.Release();
        return answer;
    };

    public ValueTask DisposeAsync()
    {
        _asked.Dispose();
        return _gateway.DisposeAsync();
    }

    [Fact]
    public async Task However_many_wait_one_call_is_under_way()
    {
        var answers = Answers(2);
        var waits = Enumerable.Range(0, 100).Select(_ => WaitAsync(draw: 1)).ToArray();
        await AskedAsync();
        answers[0].SetResult(false);
        await AskedAsync();
        Assert.Equal(["WaitUntilHeld 1", "WaitUntilHeld 1"], _gateway.Cluster.Calls);
        Assert.All(waits, wait => Assert.False(wait.IsCompleted));
        answers[1].SetResult(true);
        Assert.All(await Task.WhenAll(waits).Soon(), Assert.True);
        Assert.Equal(2, _gateway.Cluster.Calls.Count);
    }

    [Fact]
    public async Task Each_waiter_has_its_own_end()
    {
        var answers = Answers(1);
        using var leaves = new CancellationTokenSource();
        var patient = WaitAsync(draw: 1);
        var impatient = _gateway.Draws.WaitAsync(1, TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        var leaving = WaitAsync(draw: 1, leaves);
        await AskedAsync();
        await leaves.CancelAsync();
        Assert.False(await leaving.Soon());
        _gateway.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(await impatient.Soon());
        Assert.False(patient.IsCompleted);
        answers[0].SetResult(true);
        Assert.True(await patient.Soon());
    }

    [Fact]
    public async Task When_nobody_waits_any_more_nobody_asks()
    {
        var answers = Answers(1);
        using var leaves = new CancellationTokenSource();
        var leaving = WaitAsync(draw: 1, leaves);
        await AskedAsync();
        await leaves.CancelAsync();
        Assert.False(await leaving.Soon());
        _gateway.Cluster.WaitUntilHeld = draw => Task.FromResult(draw != 1); // who goes on asking for draw 1 does so without end
        answers[0].SetResult(false);

        for (var draw = 2; draw < 20; draw++)
            Assert.True(await WaitAsync(draw).Soon());
        Assert.Single(_gateway.Cluster.Calls, "WaitUntilHeld 1");
    }

    [Fact]
    public async Task A_cluster_that_is_away_is_asked_again_until_it_is_back()
    {
        var answers = Answers(8);
        var wait = WaitAsync(draw: 1);
        foreach (var (answer, pause) in answers.Zip([50, 100, 200, 400, 400, 400, 400]))
        {
            await AskedAsync();
            answer.SetException(new TimeoutException());
            await _gateway.Time.WaitBegunAsync(TimeSpan.FromMilliseconds(pause));
            _gateway.Time.Advance(TimeSpan.FromMilliseconds(pause));
        }

        await AskedAsync();
        answers[^1].SetResult(true);
        Assert.True(await wait.Soon());
    }

    [Fact]
    public async Task An_answer_that_never_comes_is_not_waited_for()
    {
        var answers = Answers(2);
        var wait = WaitAsync(draw: 1);
        await AskedAsync();
        await _gateway.Time.WaitBegunAsync(TimeSpan.FromSeconds(7));
        _gateway.Time.Advance(TimeSpan.FromSeconds(7));
        await _gateway.Time.WaitBegunAsync(TimeSpan.FromMilliseconds(50));
        _gateway.Time.Advance(TimeSpan.FromMilliseconds(50));
        await AskedAsync();
        answers[1].SetResult(true);
        Assert.True(await wait.Soon());
    }

    [Fact]
    public async Task Draws_are_waited_for_apart()
    {
        var answers = Answers(2);
        var first = WaitAsync(draw: 1);
        await AskedAsync();
        var second = WaitAsync(draw: 2);
        await AskedAsync();
        answers[1].SetResult(true);
        Assert.True(await second.Soon());
        Assert.False(first.IsCompleted);
    }

    private TaskCompletionSource<bool>[] Answers(int count)
    {
        TaskCompletionSource<bool>[] answers = [.. Enumerable.Range(0, count).Select(_ => new TaskCompletionSource<bool>())];
        _answers = new(answers);
        return answers;
    }

    private async Task AskedAsync() => Assert.True(await _asked.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken));

    private Task<bool> WaitAsync(int draw, CancellationTokenSource? leaves = null) =>
        _gateway.Draws.WaitAsync(draw, Timeout.InfiniteTimeSpan, leaves?.Token ?? TestContext.Current.CancellationToken);
}
