using Granero.Gateways.Grpc;
using Granero.Gateways.Grpc.Peers;
using Granero.Gateways.Hosting;

// The gRPC gateway: the peers' known clients and Granero's own file service on one side, grains on the other.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.AddClusterClient();
builder.AddGrpcServer();
builder.AddPeers();
return await GatewayLife.RunAsync(builder, "gRPC", "Grpc:Port", app => app.MapGrpcServer());
