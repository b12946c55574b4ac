using System.Diagnostics;
using System.Globalization;
using System.Net;
using Granero.Bench.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Granero.Bench.Downloads;

/// <summary>The baseline: Kestrel that answers every request with one file over HTTP/1.1, in a process of its own as the gateway is.</summary>
internal sealed class PlainFileServer : IDisposable
{
    /// <summary>The command under which this program is that process. Not for users.</summary>
    public const string Command = "serve-file";

    private readonly Process _process;

    private PlainFileServer(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public static PlainFileServer Start(string path)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(PlainFileServer).Assembly.Location);
        start.ArgumentList.Add(Command);
        start.Environment["DOTNET_TieredPGO"] = "1"; // as the gateway has it, and the bench has not
        start.ArgumentList.Add(path);
        var process = Process.Start(start)!;
        var port = process.StandardOutput.ReadLine() ?? throw new BenchException("The server of the plain file did not start.");
        return new PlainFileServer(process, new Uri($"http://127.0.0.1:{port}/"));
    }

    /// <summary>Serves until its input ends, which it does with whoever started it. Says its port first.</summary>
    public static async Task ServeAsync(string path)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, port => port.Protocols = HttpProtocols.Http1));
        await using var app = builder.Build();
        app.Run(http =>
        {
            http.Response.ContentLength = new FileInfo(path).Length;
            return http.Response.SendFileAsync(path, http.RequestAborted);
        });
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        await Console.Out.WriteLineAsync(new Uri(address).Port.ToString(CultureInfo.InvariantCulture));
        await Console.In.ReadToEndAsync();
    }

    public ProcessUsage Measure() => ProcessUsage.OfProcess(_process.Id);

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
