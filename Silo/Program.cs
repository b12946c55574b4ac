using Granero.Schema;
using Granero.Silo;
using Microsoft.Extensions.Options;

// The process that hosts grains. The database is made ready before Orleans, which keeps its clustering there, starts.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.AddSilo();
builder.AddHealth();

try
{
    await using var app = builder.Build();
    app.MapHealth();
    app.Services.GetRequiredService<IStartupValidator>().Validate();
    await Database.PrepareAsync(
        app.Configuration.GetConnectionString(Database.ConnectionName), DatabaseOptions.Read(app.Configuration), app.Logger);
    await app.RunAsync();
    return 0;
}
catch (Exception mistake) when (mistake is StartupException or OptionsValidationException)
{
    await Console.Error.WriteLineAsync(mistake.Message);
    return 1;
}
