using Granero.Schema;
using Orleans.Configuration;
using Orleans.Storage;

namespace Granero.Silo;

/// <summary>What makes a host a silo of Granero, on top of what the section <c>Orleans</c> of its configuration says.</summary>
internal static class SiloServices
{
    public static void AddSilo(this IHostApplicationBuilder builder)
    {
        builder.UseOrleans(silo => silo.AddGrainServices());
        // Orleans reads the rest of its section by itself, and leaves this one out.
        builder.Services.Configure<ClusterMembershipOptions>(builder.Configuration.GetSection("Orleans:ClusterMembership"));
        builder.Services.AddKeyedSingleton<IGrainStorageSerializer, JsonStateSerializer>(JsonStateSerializer.Key);
    }
}
