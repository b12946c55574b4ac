using Granero.Schema;
using Granero.Silo;
using Granero.Telemetry;
using Microsoft.Extensions.Options;

// The process that hosts grains.
var stopping = CancellationToken.None;
try
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    PasswordFile.Apply(builder.Configuration);
    await AdvertisedAddress.ApplyAsync(builder.Configuration);
    builder.Services.AddHostedService<DatabasePreparation>();
    builder.AddSilo();
    builder.AddHealth();
    builder.AddTelemetry("granero-silo");

    await using var app = builder.Build();
    stopping = app.Lifetime.ApplicationStopping;
    app.MapHealth();
    await app.RunAsync();
    return 0;
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    return 0; // told to stop while it still waited for the database
}
catch (Exception mistake) when (mistake is StartupException or OptionsValidationException or IOException
    or InvalidOperationException { InnerException: FormatException or ArgumentException })
{
    await Console.Error.WriteLineAsync($"The silo cannot start: {mistake.Message}");
    return 1;
}
