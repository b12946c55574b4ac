using System.Net.Sockets;
using System.Text.Json;
using Granero.Bench;
using Granero.Bench.Report;
using Granero.Tests.Support;
using Npgsql;

try
{
    var options = BenchOptions.Parse(args);
    var report = options.Command == "peers" ? await new PeersBench(options).RunAsync() : await MeasureLotteryAsync(options);
    if (options.Json) Console.WriteLine(JsonSerializer.Serialize(report.ToDocument(), JsonSerializerOptions.Web));
    else report.Write(Console.Out);
    return 0;
}
catch (Exception failure) when (failure is BenchException or UnexpectedReplyException or TimeoutException or SocketException or IOException or NpgsqlException)
{
    await Console.Error.WriteLineAsync(failure is BenchException ? failure.Message : $"{failure.GetType().Name}: {failure.Message}");
    return 1;
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
