using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Granero.Silo;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Granero.Tests.Schema;

public sealed class AdvertisedAddressTests
{
    [Theory]
    [InlineData("Host=127.0.0.1;Database=granero")]
    [InlineData("Host=localhost:5433;Database=granero")]
    [InlineData("Host=/run/postgresql;Database=granero")]
    public async Task Beside_its_database_a_silo_is_where_Orleans_says(string connection) => Assert.Null(await AdvertisedForAsync(connection));

    [Fact]
    public async Task An_address_that_is_configured_stays() =>
        Assert.Equal("10.9.8.7", await AdvertisedForAsync("Host=127.0.0.1", configured: "10.9.8.7"));

    [Fact]
    public async Task A_silo_is_where_it_reaches_its_database_from()
    {
        var here = NetworkInterface.GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus == OperationalStatus.Up)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(address => address.Address)
            .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));
        Assert.SkipWhen(here is null, "This machine has no address but loopback.");

        Assert.Equal(here.ToString(), await AdvertisedForAsync($"Host={here};Port=5432"));
        Assert.Equal(here.ToString(), await AdvertisedForAsync($"Host={here}:5433,elsewhere"));
    }

    private static async Task<string?> AdvertisedForAsync(string connection, string? configured = null)
    {
        const string Key = "Orleans:Endpoints:AdvertisedIPAddress";
        using var configuration = new ConfigurationManager();
        configuration["ConnectionStrings:granero"] = connection;
        configuration[Key] = configured;
        await AdvertisedAddress.ApplyAsync(configuration);
        return configuration[Key];
    }
}
