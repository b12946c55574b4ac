using Granero.Gateways.Hosting;
using Granero.Gateways.Rest.Accounts;
using Granero.Gateways.Rest.Peers;
using Granero.Gateways.Rest.Tasks;
using Granero.Gateways.Rest.Videos;
using Granero.Gateways.Rest;

// The REST gateway: HTTP clients of the old servers on one side (protocols.md), grains on the other.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.AddClusterClient();
builder.AddRestServer();
builder.AddPeers();
builder.AddTasks();
builder.AddAccounts();
builder.AddVideos();
return await GatewayLife.RunAsync(builder, "REST", "Rest:Port", app => app.MapRestServer());
