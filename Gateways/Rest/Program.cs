using Granero.Gateways.Hosting;
using Granero.Gateways.Rest;
using Granero.Gateways.Rest.Peers;
using Microsoft.Extensions.Options;

// The REST gateway: HTTP clients of the old servers on one side (protocols.md), grains on the other.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.AddClusterClient();
builder.AddRestServer();
builder.AddPeers();

var app = builder.Build();
app.MapHealth();
app.MapRestServer();
return await app.RunToExitCodeAsync("REST", () => app.Services.GetRequiredService<IOptions<PeersOptions>>().Value.Port);
