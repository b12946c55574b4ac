using System.Text.Json;
using Granero.Gateways.Hosting;
using Granero.Gateways.Rest.Accounts;
using Granero.Gateways.Rest.Cluster;
using Granero.Gateways.Rest.Console;
using Granero.Gateways.Rest.Live;
using Granero.Gateways.Rest.Lottery;
using Granero.Gateways.Rest.Operators;
using Granero.Gateways.Rest.Peers;
using Granero.Gateways.Rest.Tasks;
using Granero.Gateways.Rest.Videos;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Rest;

/// <summary>The HTTP side of the process: its limits and its routes.</summary>
internal static class RestServer
{
    public static void AddRestServer(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<RestOptions>().BindConfiguration(RestOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<RestOptions>, RestOptions>();
        builder.Services.AddOptions<GrainRetryOptions>().Configure<IOptions<RestOptions>>((retry, rest) => retry.RetryFor = rest.Value.RetryFor);
        builder.Services.AddSingleton<Problems>();
        builder.Services.AddProblemDetails();
        builder.Services.AddOpenApi(openApi => openApi.AddOperationTransformer(RouteExamples.DescribeAsync).AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Granero";
            return Task.CompletedTask;
        }));
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
        builder.AddAdmin();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            var options = kestrel.ApplicationServices.GetRequiredService<IOptions<RestOptions>>().Value;
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
            kestrel.ListenAnyIP(options.Port, Door.Main.Mark);
        });
    }

    public static void MapRestServer(this WebApplication app)
    {
        app.UseTrustedProxies();
        app.Use(TusApi.PrepareAsync);
        app.UseRouting();
        app.UseDoors();
        app.UseStatusCodePages(); // what no route takes is answered with ProblemDetails
        app.Use(app.Services.GetRequiredService<Problems>().AnswerAsync);
        app.UseOperatorGate();
        app.MapDoor(Door.Main).MapOpenApi();
        app.UseApiPage();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapPeers();
        app.MapAccounts();
        app.MapVideos();
        app.MapTasks();
        app.MapAdmin();
    }

    /// <summary>What is for operators: a line for each domain.</summary>
    private static void AddAdmin(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<LiveStream>();
        builder.AddOperators();
        builder.AddLotteryAdmin();
        builder.AddPeersAdmin();
        builder.AddTasksAdmin();
        builder.AddVideosAdmin();
        builder.AddAccountsAdmin();
        builder.AddClusterAdmin();
        builder.AddOrleansDashboard();
    }

    private static void MapAdmin(this WebApplication app)
    {
        app.MapConsole();
        app.MapOperators();
        app.MapLotteryAdmin();
        app.MapPeersAdmin();
        app.MapTasksAdmin();
        app.MapVideosAdmin();
        app.MapAccountsAdmin();
        app.MapClusterAdmin();
        app.MapOrleansDashboard();
    }
}
