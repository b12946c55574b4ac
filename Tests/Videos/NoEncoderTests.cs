using System.Net;
using Granero.Tests.Support;
using Granero.Tests.Support.Peers;
using Granero.Tests.Support.Videos;
using Xunit;

namespace Granero.Tests.Videos;

/// <summary>A cluster in which no silo processes videos.</summary>
public sealed class NoEncoderTests
{
    [Fact]
    public async Task Uploads_are_refused_for_now_and_nothing_is_left_of_them()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var silo = await SiloCluster.DeployAsync(database, silos: 1, ("Accounts:PasswordIterations", "1000"));
        var folder = Directory.CreateTempSubdirectory("granero-media-").FullName;
        await using var gateway = await PeersGateway.StartAsync(silo.Client, ("Media:Root", folder), ("Videos:KeepFreeBytes", "0"));
        using var user = await VideosClient.LogInAsync(gateway.MainAddress);

        var reply = await user.UploadAsync([1, 2, 3]);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.Status);
        Assert.Contains("No silo processes videos now", reply.Json.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder, "*", SearchOption.AllDirectories));
        Directory.Delete(folder, recursive: true);
    }
}
