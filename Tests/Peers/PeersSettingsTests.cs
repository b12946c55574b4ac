using Granero.Peers;
using Xunit;

namespace Granero.Tests.Peers;

public sealed class PeersSettingsTests
{
    public static TheoryData<PeersOptions, string> Mistakes { get; } = new()
    {
        { new() { Lease = TimeSpan.FromSeconds(59) }, "Peers:Lease is 00:00:59" },
        { new() { IndexMaxAge = TimeSpan.Zero }, "Peers:IndexMaxAge is 00:00:00" },
        { new() { PasswordIterations = 999 }, "Peers:PasswordIterations is 999" },
        { new() { PublishQuotaBytes = -1 }, "Peers:PublishQuotaBytes is -1" },
    };

    [Theory]
    [MemberData(nameof(Mistakes), DisableDiscoveryEnumeration = true)]
    public void A_setting_that_makes_no_sense_is_named(PeersOptions options, string sentence) =>
        Assert.StartsWith(sentence, options.Validate(null, options).FailureMessage, StringComparison.Ordinal);

    [Fact]
    public void The_defaults_make_sense() => Assert.True(new PeersOptions().Validate(null, new()).Succeeded);
}
