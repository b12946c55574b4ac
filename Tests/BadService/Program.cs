using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

// A task service that misbehaves, for tests. Its argument says how it starts; a task's "calculo" says what it does then.
switch (args)
{
    case ["exit"]:
        return 3;
    case ["unready"]:
        await Task.Delay(Timeout.InfiniteTimeSpan);
        return 0;
    case ["fill"]:
        FillDisk();
        return 0;
}

using var listener = new HttpListener { Prefixes = { "http://*:5000/" } };
listener.Start();
var isIll = false;
while (true)
{
    try
    {
        var call = await listener.GetContextAsync();
        _ = Task.Run(() => AnswerAsync(call));
    }
    catch (HttpListenerException)
    {
        // A client that went away while it asked whether this is ready. That is not what it is to end of.
    }
}

async Task AnswerAsync(HttpListenerContext call)
{
    if (call.Request.HttpMethod == "GET")
    {
        Answer(call, isIll ? 503 : 200, """{"status":"Its running","status_code":"200"}""");
        return;
    }

    using var body = await JsonDocument.ParseAsync(call.Request.InputStream);
    var calculation = body.RootElement.GetProperty("calculo").GetString()!;
    switch (calculation)
    {
        case "echo":
            Answer(call, 200, body.RootElement.GetRawText());
            break;
        case "slow-echo":
            await Task.Delay(1000);
            Answer(call, 200, body.RootElement.GetRawText());
            break;
        case "text":
            Answer(call, 200, "plain", "text/plain; charset=utf-8");
            break;
        case "odd-type":
            Answer(call, 200, "1", "\u00f1/\u00e9");
            break;
        case "wait":
            await Task.Delay(Timeout.InfiniteTimeSpan);
            break;
        case "turn-ill":
            isIll = true;
            Answer(call, 200, "1");
            break;
        case "exit":
            Environment.Exit(7);
            break;
        case "redirect":
            call.Response.RedirectLocation = "http://127.0.0.1:1/";
            Answer(call, 302, "");
            break;
        case "announce-2-GB":
            call.Response.ContentLength64 = 2L * 1024 * 1024 * 1024;
            SendEndlessly(call);
            break;
        case "endless":
            call.Response.SendChunked = true;
            SendEndlessly(call);
            break;
        case "memory":
            UseUpMemory();
            break;
        case "fork":
            await Task.Factory.StartNew(Fork, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            break;
        case "fill":
            FillDisk();
            break;
        default:
            Answer(call, int.Parse(calculation), "its own words");
            break;
    }
}

static void Answer(HttpListenerContext call, int status, string text, string type = "application/json")
{
    call.Response.StatusCode = status;
    call.Response.ContentType = type;
    call.Response.Close(Encoding.UTF8.GetBytes(text), willBlock: true);
}

static void SendEndlessly(HttpListenerContext call)
{
    var block = new byte[64 * 1024];
    while (true)
        call.Response.OutputStream.Write(block);
}

static unsafe void UseUpMemory()
{
    // Not the runtime's own, which would notice and throw.
    while (true)
        NativeMemory.Fill(NativeMemory.Alloc(1024 * 1024), 1024 * 1024, 1);
}

static void Fork()
{
    // On a thread that is there already: the runtime itself would not live without new ones.
    while (true)
    {
        if (Native.Fork() == 0)
            _ = Native.Pause();
    }
}

static void FillDisk()
{
    var block = new byte[1024 * 1024];
    using var file = File.OpenWrite("/app/logs/full");
    while (true)
        file.Write(block);
}

internal static partial class Native
{
    [LibraryImport("libc", EntryPoint = "fork")]
    public static partial int Fork();

    [LibraryImport("libc", EntryPoint = "pause")]
    public static partial int Pause();
}
