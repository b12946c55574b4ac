using Granero.Gateways.Grpc;
using Granero.Gateways.Grpc.Peers;
using Xunit;

namespace Granero.Tests.Peers.Grpc;

/// <summary>A setting that makes no sense stops the start with a sentence that names it.</summary>
public sealed class GrpcSettingsTests
{
    [Fact]
    public void The_default_settings_will_do_but_for_the_folder_that_they_need()
    {
        Assert.True(new GrpcOptions().Validate(null, new()).Succeeded);
        Assert.True(new PeersOptionsRules().Validate(null, Good(_ => { })).Succeeded);
        Assert.Contains("Peers:StoreRoot", new PeersOptionsRules().Validate(null, new()).FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_setting_is_named()
    {
        (string Key, Action<PeersOptions> Break)[] mistakes =
        [
            ("AllowedNetworks", options => options.AllowedNetworks = ["10.0.0.0/8", "10.0.0.0/33"]),
            ("DeniedNetworks", options => options.DeniedNetworks = ["intranet"]),
            ("StoreRoot", options => options.StoreRoot = "/dev/null/files"),
            ("StoreRoot", options => options.StoreRoot = "/proc"), // is there, and takes no files, not even root's
            ("AnswerWithin", options => options.AnswerWithin = TimeSpan.Zero),
            ("StallTimeout", options => options.StallTimeout = TimeSpan.FromDays(1)),
            ("MaxChannels", options => options.MaxChannels = 0),
            ("MaxUploads", options => options.MaxUploads = -1),
            ("MaxUploadsOfPeer", options => options.MaxUploadsOfPeer = 0),
            ("HeaderWithin", options => options.HeaderWithin = TimeSpan.Zero),
            ("MaxFileBytes", options => options.MaxFileBytes = 0),
        ];
        foreach (var (key, mistake) in mistakes)
            Assert.StartsWith($"Peers:{key} ", new PeersOptionsRules().Validate(null, Good(mistake)).FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_port_or_limit_is_named()
    {
        (string Key, GrpcOptions Options)[] mistakes =
        [
            ("Port", new() { Port = 65_536 }),
            ("MaxConnections", new() { MaxConnections = 0 }),
            ("MaxStreamsPerConnection", new() { MaxStreamsPerConnection = 0 }),
            ("RetryFor", new() { RetryFor = TimeSpan.FromSeconds(-1) }),
        ];
        foreach (var (key, options) in mistakes)
            Assert.StartsWith($"Grpc:{key} ", options.Validate(null, options).FailureMessage, StringComparison.Ordinal);
    }

    private static PeersOptions Good(Action<PeersOptions> change)
    {
        var options = new PeersOptions { StoreRoot = Path.GetTempPath() };
        change(options);
        return options;
    }
}
