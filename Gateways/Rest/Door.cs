using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Granero.Gateways.Rest;

/// <summary>
/// A port with routes of its own: the clients of each old server find on its port what was there before, and nothing else. A
/// connection knows the door that it came in by, whatever Host header its requests send and whatever number the port has.
/// </summary>
internal sealed class Door
{
    /// <summary>The peers' clients. Source: protocols.md, section 2.</summary>
    public static readonly Door Peers = new();

    /// <summary>Tasks, accounts and videos. Source: protocols.md, sections 3 and 4.</summary>
    public static readonly Door Main = new();

    private Door() { }

    public static Door? Of(HttpContext http) =>
        http.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(typeof(Door), out var door) is true ? door as Door : null;

    /// <summary>Marks a port's connections.</summary>
    public void Mark(ListenOptions port) => port.Use(next => connection =>
    {
        connection.Items[typeof(Door)] = this;
        return next(connection);
    });
}

internal static class DoorRoutes
{
    /// <returns>Routes that only clients of this door find.</returns>
    public static RouteGroupBuilder MapDoor(this IEndpointRouteBuilder app, Door door) => app.MapGroup("").WithMetadata(door);

    /// <summary>Hides the routes of one door from the clients of another.</summary>
    public static void UseDoors(this WebApplication app) => app.Use((http, next) =>
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<Door>() is { } door && door != Door.Of(http))
            http.SetEndpoint(null);
        return next(http);
    });
}
