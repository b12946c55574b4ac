using System.Net;
using Granero.Peers;
using Xunit;

namespace Granero.Tests.Peers;

public sealed class PeerAddressTests
{
    [Theory]
    [InlineData("10.0.0.7", "10.0.0.7", null)]
    [InlineData("10.0.0.7:50052", "10.0.0.7:50052", 50052)]
    [InlineData("::1", "::1", null)]
    [InlineData("[::1]", "::1", null)]
    [InlineData("[FD00:0:0::7]:1", "[fd00::7]:1", 1)]
    [InlineData("::ffff:10.0.0.7", "10.0.0.7", null)]
    [InlineData("[::ffff:10.0.0.7]:65535", "10.0.0.7:65535", 65535)]
    public void An_address_has_one_canonical_text(string text, string canonical, int? port)
    {
        Assert.True(PeerAddress.TryParse(text, out var address));
        Assert.Equal((canonical, port), (address.ToString(), address.Port));
        Assert.True(PeerAddress.TryParse(canonical, out var again));
        Assert.Equal(address, again);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" 10.0.0.7")]
    [InlineData("10.0.0.7 ")]
    [InlineData("10.0.0")]
    [InlineData("010.0.0.7")]
    [InlineData("167772167")]
    [InlineData("0x0a000007")]
    [InlineData("10.0.0.256")]
    [InlineData("10.0.0.7:")]
    [InlineData("10.0.0.7:0")]
    [InlineData("10.0.0.7:+1")]
    [InlineData("10.0.0.7:65536")]
    [InlineData("10.0.0.7:1:2")]
    [InlineData("fe80::1%eth0")]
    [InlineData("fe80::1%2")]
    [InlineData("[::1")]
    [InlineData("[]")]
    [InlineData("[]:1")]
    [InlineData("[::1]1")]
    [InlineData("[::1]:")]
    [InlineData("[[::1]]")]
    [InlineData("::1]:5")]
    [InlineData("localhost")]
    [InlineData("peer.example:50051")]
    [InlineData("10.0.0.7/8")]
    [InlineData("10.0.0.7\0")]
    public void Anything_else_is_no_address(string? text) => Assert.False(PeerAddress.TryParse(text, out _));

    [Fact]
    public void A_caller_has_one_text_however_its_connection_came_in()
    {
        Assert.Equal("10.0.0.7", Caller.From(IPAddress.Parse("::ffff:10.0.0.7"), null).Ip);
        Assert.Equal("fe80::1", Caller.From(IPAddress.Parse("fe80::1%3"), null).Ip);
    }
}
