using System.Text.Json;
using Granero.TaskService;

// The task service: answers GET /status/ and POST /ejecutarTarea/ on port 5000. Source: protocols.md, section 3.
const int Port = 5000;
const int MaxBodyBytes = 16 * 1024 * 1024;

if (args is ["--version"])
{
    // Whoever only wants to see that the image is there.
    Console.WriteLine("task_service 1.0");
    return;
}

using var log = new TaskLog(Path.Combine(Directory.GetCurrentDirectory(), "logs", "task_service.log.json"));
var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { Args = args });
builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
    kestrel.ListenAnyIP(Port);
});

await using var app = builder.Build();
app.Run(AnswerAsync);
await app.StartAsync();
log.Write("INFO", "main", $"Servicio de tareas listo en el puerto {Port}");
await app.WaitForShutdownAsync();
log.Write("INFO", "main", "Servicio de tareas detenido");

async Task AnswerAsync(HttpContext http)
{
    var (method, path) = (http.Request.Method, http.Request.Path.Value?.TrimEnd('/'));
    var (status, body) = (method, path) switch
    {
        ("GET", "/status") => (StatusCodes.Status200OK, Replies.Status),
        ("POST", "/ejecutarTarea") => await RunAsync(http.Request),
        (_, "/status" or "/ejecutarTarea") => (StatusCodes.Status405MethodNotAllowed, Replies.Detail("Method Not Allowed")),
        _ => (StatusCodes.Status404NotFound, Replies.Detail("Not Found")),
    };
    http.Response.StatusCode = status;
    http.Response.ContentType = "application/json";
    http.Response.ContentLength = body.Length;
    await http.Response.Body.WriteAsync(body);
}

async Task<(int Status, byte[] Body)> RunAsync(HttpRequest request)
{
    try
    {
        using var body = await JsonDocument.ParseAsync(request.Body);
        return Run(body.RootElement);
    }
    catch (JsonException mistake)
    {
        log.Write("ERROR", "ejecutar_tarea", "El cuerpo no es JSON", mistake.Message);
        return (StatusCodes.Status422UnprocessableEntity, Replies.Detail("El cuerpo no es JSON."));
    }
    catch (BadHttpRequestException mistake)
    {
        return (mistake.StatusCode, Replies.Detail("La solicitud no se pudo leer."));
    }
}

(int Status, byte[] Body) Run(JsonElement body)
{
    if (body.ValueKind != JsonValueKind.Object
        || !body.TryGetProperty("parametros", out var parameters) || parameters.ValueKind != JsonValueKind.Object
        || !body.TryGetProperty("calculo", out var calculation) || calculation.ValueKind != JsonValueKind.String)
    {
        return (StatusCodes.Status422UnprocessableEntity, Replies.Detail("Se esperan el objeto parametros y el texto calculo."));
    }

    var name = calculation.GetString()!;
    try
    {
        var result = Calculation.Run(name, parameters);
        log.Write("INFO", "ejecutar_tarea", $"Tarea {name} terminada");
        return (StatusCodes.Status200OK, Replies.Result(result));
    }
    catch (CalculationException refusal)
    {
        log.Write("ERROR", "ejecutar_tarea", $"Tarea {name} rechazada", refusal.Message);
        return (StatusCodes.Status200OK, Replies.Error(refusal.Message));
    }
}
