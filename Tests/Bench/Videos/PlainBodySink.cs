using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Granero.Bench.Videos;

/// <summary>The baseline of uploads: Kestrel that copies the body of every request to a file, as it comes, in a process of its own as the gateway is.</summary>
internal sealed class PlainBodySink : IDisposable
{
    /// <summary>The command under which this program is that process. Not for users.</summary>
    public const string Command = "take-body";

    private const int CopyBytes = 128 * 1024;

    private readonly Process _process;

    private PlainBodySink(Process process, IPEndPoint address) => (_process, Address) = (process, address);

    public IPEndPoint Address { get; }

    /// <param name="path">The file, on the disk that the gateway writes to.</param>
    public static PlainBodySink Start(string path)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(PlainBodySink).Assembly.Location);
        start.ArgumentList.Add(Command);
        start.ArgumentList.Add(path);
        start.Environment["DOTNET_TieredPGO"] = "1"; // as the gateway has it, and the bench has not
        var process = Process.Start(start)!;
        var port = process.StandardOutput.ReadLine() ?? throw new BenchException("The plain server of uploads did not start.");
        return new PlainBodySink(process, new IPEndPoint(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture)));
    }

    /// <summary>Serves until its input ends, which it does with whoever started it. Says its port first.</summary>
    public static async Task ServeAsync(string path)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, port => port.Protocols = HttpProtocols.Http1);
        });
        await using var app = builder.Build();
        app.Run(async http =>
        {
            await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
            await http.Request.Body.CopyToAsync(file, CopyBytes, http.RequestAborted);
            RandomAccess.FlushToDisk(file.SafeFileHandle);
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        });
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        await Console.Out.WriteLineAsync(new Uri(address).Port.ToString(CultureInfo.InvariantCulture));
        await Console.In.ReadToEndAsync();
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
