namespace Granero.Gateways.Hosting;

/// <summary>What every gateway needs to be told, wherever in the configuration it stands.</summary>
public sealed class GatewayOptions
{
    /// <summary><c>Health:Port</c>.</summary>
    public int HealthPort { get; set; }

    /// <summary><c>ConnectionStrings:granero</c>.</summary>
    public string? ConnectionString { get; set; }
}
