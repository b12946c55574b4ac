using System.Net;
using Granero.Gateways.Grpc.Peers;
using Microsoft.Extensions.Options;
using Xunit;

namespace Granero.Tests.Peers.Grpc;

public sealed class DialPolicyTests
{
    [Theory]
    [InlineData("10.0.0.7")]
    [InlineData("192.168.1.20")]
    [InlineData("8.8.8.8")]
    [InlineData("fd00::7")]
    [InlineData("2a01:4f8::1")]
    [InlineData("::ffff:10.0.0.7")]
    public void An_ordinary_address_is_dialled(string address) => Assert.True(Policy().Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("::")]
    [InlineData("169.254.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::169.254.169.254")]
    [InlineData("::ffff:0:169.254.169.254")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("64:ff9b:1::a9fe:a9fe")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("2001:0:a9fe:a9fe::1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%2")]
    [InlineData("febf::1")]
    [InlineData("100.100.100.200")]
    [InlineData("168.63.129.16")]
    [InlineData("192.0.0.192")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fd20:ce::254")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.250")]
    [InlineData("ff02::1")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    public void What_is_never_a_peer_is_never_dialled(string address)
    {
        Assert.False(Policy().Allows(IPAddress.Parse(address)));
        Assert.False(Policy(allowed: ["0.0.0.0/0", "::/0"], allowLoopback: true).Allows(IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.0.9")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public void Loopback_is_dialled_only_where_that_is_allowed(string address)
    {
        Assert.False(Policy(allowed: ["0.0.0.0/0", "::/0"]).Allows(IPAddress.Parse(address)));
        Assert.True(Policy(allowLoopback: true).Allows(IPAddress.Parse(address)));
        Assert.False(Policy(denied: ["127.0.0.0/8", "::1/128"], allowLoopback: true).Allows(IPAddress.Parse(address)));
    }

    [Fact]
    public void Networks_can_be_allowed_and_denied()
    {
        var policy = Policy(allowed: ["10.0.0.0/8", "fd00::/8"], denied: ["10.9.0.0/16"]);

        Assert.True(policy.Allows(IPAddress.Parse("10.8.0.1")));
        Assert.True(policy.Allows(IPAddress.Parse("fd12::1")));
        Assert.True(policy.Allows(IPAddress.Parse("::ffff:10.8.0.1")));
        Assert.False(policy.Allows(IPAddress.Parse("10.9.0.1")));
        Assert.False(policy.Allows(IPAddress.Parse("::ffff:10.9.0.1")));
        Assert.False(policy.Allows(IPAddress.Parse("192.168.1.1")));
        Assert.False(policy.Allows(IPAddress.Parse("2a01:4f8::1")));
    }

    private static DialPolicy Policy(string[]? allowed = null, string[]? denied = null, bool allowLoopback = false) =>
        new(Options.Create(new PeersOptions { AllowedNetworks = allowed ?? [], DeniedNetworks = denied ?? [], AllowLoopback = allowLoopback }));
}
