using Granero.Support;
using Granero.Tests.Support;
using Xunit;

namespace Granero.Tests.Peers;

/// <summary>How failed logins are slowed down, by a clock that the test moves.</summary>
public sealed class LoginThrottleTests
{
    private readonly ManualTime _time = new();
    private readonly LoginThrottle _throttle;

    public LoginThrottleTests() => _throttle = new(_time);

    [Fact]
    public void Each_failure_after_the_third_doubles_the_pause_up_to_a_minute()
    {
        var pauses = new List<double>();
        for (var i = 0; i < 11; i++)
        {
            _throttle.Failed("ana", "10.0.0.1");
            pauses.Add(_throttle.WaitOf("ana", "10.0.0.1").TotalSeconds);
            _time.Advance(_throttle.WaitOf("ana", "10.0.0.1"));
        }

        Assert.Equal([0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60], pauses);
    }

    [Fact]
    public void When_the_pause_is_over_one_may_try_again()
    {
        Fail("ana", "10.0.0.1", times: 4);

        _time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(TimeSpan.FromSeconds(0.5), _throttle.WaitOf("ana", "10.0.0.1"));
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(TimeSpan.Zero, _throttle.WaitOf("ana", "10.0.0.1"));
    }

    [Fact]
    public void Others_and_the_user_elsewhere_need_not_wait()
    {
        Fail("ana", "10.0.0.1", times: 10);

        Assert.Equal(TimeSpan.Zero, _throttle.WaitOf("ana", "10.0.0.2"));
        Assert.Equal(TimeSpan.Zero, _throttle.WaitOf("bob", "10.0.0.1"));
    }

    [Fact]
    public void An_address_that_tries_one_user_after_the_other_has_to_wait()
    {
        for (var i = 0; i < 30; i++)
            _throttle.Failed($"user {i}", "10.0.0.1");

        Assert.Equal(TimeSpan.FromSeconds(10), _throttle.WaitOf("another user", "10.0.0.1"));
    }

    [Fact]
    public void One_success_does_not_wash_off_the_failures_with_others()
    {
        for (var i = 0; i < 30; i++)
            _throttle.Failed($"user {i}", "10.0.0.1");

        _throttle.Succeeded("own account", "10.0.0.1");

        Assert.Equal(TimeSpan.FromSeconds(10), _throttle.WaitOf("another user", "10.0.0.1"));
    }

    [Fact]
    public void Whoever_tries_a_user_from_many_addresses_is_slowed_and_the_user_hardly()
    {
        for (var i = 0; i < 100; i++)
            _throttle.Failed("ana", $"10.0.1.{i}");

        Assert.Equal(TimeSpan.FromSeconds(1), _throttle.WaitOf("ana", "10.0.0.1"));
    }

    [Fact]
    public void All_addresses_of_a_network_of_IPv6_count_as_one()
    {
        Fail("ana", "2001:db8:0:1::1", times: 5);

        Assert.NotEqual(TimeSpan.Zero, _throttle.WaitOf("ana", "2001:db8:0:1:ffff::2"));
        Assert.Equal(TimeSpan.Zero, _throttle.WaitOf("ana", "2001:db8:0:2::1"));
    }

    [Fact]
    public void A_success_and_a_quarter_of_an_hour_are_forgiving()
    {
        Fail("ana", "10.0.0.1", times: 5);
        Fail("bob", "10.0.0.1", times: 5);

        _throttle.Succeeded("ana", "10.0.0.1");
        Assert.Equal(TimeSpan.Zero, _throttle.WaitOf("ana", "10.0.0.1"));
        _time.Advance(TimeSpan.FromMinutes(15));
        _throttle.Failed("bob", "10.0.0.1");
        Assert.Equal(TimeSpan.Zero, _throttle.WaitOf("bob", "10.0.0.1"));
    }

    [Fact]
    public void Its_memory_is_bounded_and_keeps_who_failed_last()
    {
        Fail("ana", "10.0.0.1", times: 5);
        for (var i = 0; i < 200_000; i++)
        {
            _throttle.Failed($"user {i}", $"10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}");
            if (i % 10_000 == 0)
                _throttle.Failed("ana", "10.0.0.1");
        }

        Assert.InRange(_throttle.Count, 1, 100_000);
        Assert.NotEqual(TimeSpan.Zero, _throttle.WaitOf("ana", "10.0.0.1"));
    }

    private void Fail(string user, string ip, int times)
    {
        for (var i = 0; i < times; i++)
            _throttle.Failed(user, ip);
    }
}
