using Granero.Gateways.Grpc;
using Granero.Gateways.Rest;
using Grpc.Core;
using Npgsql;
using Xunit;

namespace Granero.Tests.Peers;

/// <summary>What may pass is said to be so by every gateway.</summary>
public sealed class UnavailableTests
{
    private static Exception[] PassingFailures { get; } =
        [new SiloUnavailableException(), new TimeoutException(), new OperationCanceledException(), new NpgsqlException()];

    public static TheoryData<int> PassingFailureNumbers { get; } = [.. Enumerable.Range(0, PassingFailures.Length)];

    [Theory]
    [MemberData(nameof(PassingFailureNumbers))]
    public void A_failure_that_may_pass_is_one_to_try_again_after(int failure)
    {
        Assert.Equal(StatusCode.Unavailable, Statuses.Of(PassingFailures[failure])?.StatusCode);
        Assert.Equal(503, Problems.Of(PassingFailures[failure]).Status);
    }

    [Fact]
    public void A_mistake_of_ours_is_not()
    {
        Assert.Null(Statuses.Of(new InvalidOperationException()));
        Assert.Equal(500, Problems.Of(new InvalidOperationException()).Status);
    }
}
