using Granero.Tasks;
using Granero.Tests.Support;
using Microsoft.Extensions.Options;
using Xunit;

namespace Granero.Tests.Tasks;

public sealed class LeaseJudgeTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    private readonly ManualTime _time = new();
    private readonly LeaseJudge _judge;

    public LeaseJudgeTests() => _judge = new(Options.Create(new TasksOptions { RunnerLease = Lease }), _time);

    [Fact]
    public void A_runner_that_has_just_started_judges_at_once()
    {
        _judge.Renewed();

        Assert.True(_judge.CanJudge);
    }

    [Fact]
    public void A_renewal_that_comes_a_little_late_changes_nothing()
    {
        _judge.Renewed();
        _time.Advance(Lease / 3);
        _judge.Renewed();

        Assert.True(_judge.CanJudge);
    }

    [Fact]
    public void While_the_database_is_away_nobody_is_judged_and_afterwards_not_before_a_lease_has_passed()
    {
        _judge.Renewed();
        _time.Advance(Lease / 2);
        Assert.False(_judge.CanJudge);

        _judge.Renewed();
        for (var i = 0; i < 4; i++)
        {
            Assert.False(_judge.CanJudge);
            _time.Advance(Lease / 5);
            _judge.Renewed();
        }

        Assert.False(_judge.CanJudge);
        _time.Advance(Lease / 5);
        Assert.True(_judge.CanJudge);
    }
}
