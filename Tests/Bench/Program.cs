using System.Net.Sockets;
using System.Text.Json;
using Granero.Bench;
using Granero.Bench.Downloads;
using Granero.Bench.Report;
using Granero.Bench.Videos;
using Granero.Tests.Support;
using Grpc.Core;
using Npgsql;

try
{
    if (args is [PlainFileServer.Command, var path])
    {
        await PlainFileServer.ServeAsync(path);
        return 0;
    }

    if (args is ["--help" or "-h", ..])
    {
        Console.WriteLine(BenchOptions.Usage);
        return 0;
    }

    if (args is [PlainBodySink.Command, var target])
    {
        await PlainBodySink.ServeAsync(target);
        return 0;
    }

    var options = BenchOptions.Parse(args);
    IReport report = options.Command switch
    {
        "peers" => new PeersReports(await new PeersBench(options).RunAsync(), await new DownloadBench(options).RunAsync()),
        "tasks" => await MeasureTasksAsync(options),
        "videos" => await new VideosBench(options).RunAsync(),
        "downloads" => await new DownloadBench(options).RunAsync(),
        _ => await MeasureLotteryAsync(options),
    };
    if (options.Json) Console.WriteLine(JsonSerializer.Serialize(report.ToDocument(), JsonSerializerOptions.Web));
    else report.Write(Console.Out);
    return 0;
}
catch (Exception failure) when (failure is BenchException or UnexpectedReplyException or TimeoutException or SocketException or IOException or HttpRequestException or RpcException or NpgsqlException)
{
    await Console.Error.WriteLineAsync(failure is BenchException ? failure.Message : $"{failure.GetType().Name}: {failure.Message}");
    return 1;
}

static async Task<IReport> MeasureTasksAsync(BenchOptions options)
{
    using var bench = new TasksBench(options);
    return await bench.RunAsync();
}

static async Task<IReport> MeasureLotteryAsync(BenchOptions options)
{
    await using var rig = await Rig.OpenAsync(options);
    return options switch
    {
        { Command: "connections" } => await new ConnectionsBench(options, rig).RunAsync(),
        { Soak: true } => await new SoakBench(options, rig).RunAsync(),
        _ => await new LotteryBench(options, rig).RunAsync(),
    };
}
