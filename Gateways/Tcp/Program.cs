using Granero.Gateways.Hosting;
using Granero.Gateways.Tcp;

// The lottery's TCP gateway: clients of the old servers on one side (protocols.md, section 1), grains on the other.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services.AddSettings();
builder.Services.AddLottery();
builder.AddClusterClient();
builder.Listen();
return await GatewayLife.RunAsync(builder, "TCP", "Tcp:Port");
