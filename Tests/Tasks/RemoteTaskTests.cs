using System.Net;
using Granero.Tests.Support.Tasks;
using Xunit;

namespace Granero.Tests.Tasks;

/// <summary>What clients of the old server see. Source: protocols.md, section 3.</summary>
[Collection(TasksCollection.Name)]
public sealed class RemoteTaskTests(TasksCluster tasks)
{
    [Theory]
    [InlineData("suma", """{"a":5,"b":10}""", """{"resultado":15}""")]
    [InlineData("SUMA", """{"a":5,"b":10.5}""", """{"resultado":15.5}""")]
    [InlineData("suma", """{"a":123456789012345678901234567890,"b":1}""", """{"resultado":123456789012345678901234567891}""")]
    [InlineData("suma", """{"a":0.1,"b":0.2}""", """{"resultado":0.30000000000000004}""")]
    [InlineData("suma", "{}", """{"resultado":0}""")]
    [InlineData("multiplicacion", """{"a":5,"b":-10}""", """{"resultado":-50}""")]
    [InlineData("Multiplicacion", """{"a":99999999999999999999,"b":99999999999999999999}""", """{"resultado":9999999999999999999800000000000000000001}""")]
    [InlineData("promedio", """{"a":10,"b":20}""", """{"resultado":15.0}""")]
    [InlineData("promedio", """{"a":1,"b":2}""", """{"resultado":1.5}""")]
    [InlineData("promedio", "{}", """{"resultado":0}""")]
    [InlineData("promedio", """{"a":123456789012345678901234567890}""", """{"resultado":1.2345678901234568e+29}""")]
    [InlineData("resta", """{"a":5,"b":10}""", """{"error":"Operación no soportada"}""")]
    [InlineData("suma", """{"a":"cinco"}""", """{"error":"El valor de 'a' no es un número"}""")]
    [InlineData("promedio", """{"a":null}""", """{"error":"El valor de 'a' no es un número"}""")]
    public async Task A_task_gets_the_services_answer_as_it_is(string calculation, string parameters, string answer)
    {
        var reply = await tasks.Client.GetRemoteTaskAsync(DockerEngine.TaskService, calculation, parameters);

        Assert.Equal((HttpStatusCode.OK, answer, "application/json"), (reply.Status, reply.Text, reply.ContentType));
    }

    [Theory]
    [InlineData("/getRemoteTask")]
    [InlineData("/getRemoteTask/")]
    public async Task The_last_slash_makes_no_difference(string path)
    {
        var reply = await tasks.Client.PostAsync(path, """{"imagen_docker":"task_service","calculo":"suma","parametros":{"a":1},"datos_adicionales":{"x":[1]},"credenciales":null}""");

        Assert.Equal((HttpStatusCode.OK, """{"resultado":1}"""), (reply.Status, reply.Text));
    }

    [Fact]
    public async Task Parameters_reach_the_service_as_they_were_sent()
    {
        const string Parameters = """{"z":1e400,"a":-0.10,"n":{"ñ":[12345678901234567890,null,"\u0000é"]}}""";

        var reply = await tasks.Client.GetRemoteTaskAsync(tasks.Bad.Ready, "echo", Parameters);

        Assert.Equal($$"""{"parametros":{{Parameters}},"calculo":"echo"}""", reply.Text);
    }

    [Fact]
    public async Task An_answer_of_another_type_is_passed_through_as_it_is()
    {
        var reply = await tasks.Client.GetRemoteTaskAsync(tasks.Bad.Ready, "text");

        Assert.Equal((HttpStatusCode.OK, "plain", "text/plain; charset=utf-8"), (reply.Status, reply.Text, reply.ContentType));
    }

    [Fact]
    public async Task An_answer_of_a_type_that_no_header_can_say_is_passed_through_as_JSON()
    {
        var reply = await tasks.Client.GetRemoteTaskAsync(tasks.Bad.Ready, "odd-type");

        Assert.Equal((HttpStatusCode.OK, "1", "application/json"), (reply.Status, reply.Text, reply.ContentType));
    }

    [Theory]
    [InlineData("500", HttpStatusCode.InternalServerError)]
    [InlineData("404", HttpStatusCode.NotFound)]
    [InlineData("201", HttpStatusCode.Created)]
    [InlineData("204", HttpStatusCode.BadGateway)]
    [InlineData("redirect", HttpStatusCode.Found)]
    public async Task A_status_other_than_200_is_passed_on_without_the_services_words(string calculation, HttpStatusCode status)
    {
        var reply = await tasks.Client.GetRemoteTaskAsync(tasks.Bad.Ready, calculation);

        Assert.Equal((status, """{"detail":"Error en el servicio de tareas."}"""), (reply.Status, reply.Text));
    }

    [Fact]
    public async Task A_service_that_never_gets_ready_is_a_timeout()
    {
        await using var silo = await TasksSilo.StartAsync(tasks.Engine, ("Tasks:ReadyTimeout", "00:00:01"));

        var reply = await silo.Client.GetRemoteTaskAsync(tasks.Bad.Unready, "suma");

        Assert.Equal((HttpStatusCode.OK, """{"error":"Timeout esperando al servicio"}"""), (reply.Status, reply.Text));
        Assert.Empty(await silo.ContainersAsync());
        Assert.Equal(
            ["not_ready|The service did not answer GET /status/ with 200 within 1 s."], await silo.Database.Rows("select error_kind, error from remote_tasks"));
    }

    [Fact]
    public async Task A_container_is_gone_when_its_answer_comes()
    {
        await tasks.Client.GetRemoteTaskAsync(DockerEngine.TaskService, "suma");

        Assert.Empty(await tasks.Silo.ContainersAsync());
    }

    [Fact]
    public async Task The_logs_are_JSON_lines_with_the_known_fields()
    {
        await tasks.Client.GetRemoteTaskAsync(DockerEngine.TaskService, "suma");

        foreach (var (name, fields) in new[] { ("task_service.log.json", 4), ("servidor.log.json", 4) })
        {
            var lines = await File.ReadAllLinesAsync(Path.Combine(tasks.Silo.LogsFolder, name), TestContext.Current.CancellationToken);
            Assert.NotEmpty(lines);
            Assert.All(lines, line => Assert.Equal(
                ["timestamp", "nivel", "componente", "mensaje"],
                System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(line).EnumerateObject().Select(field => field.Name).Take(fields)));
        }
    }

    [Fact]
    public async Task A_client_that_goes_away_ends_its_task()
    {
        using var leave = new CancellationTokenSource();
        var calling = tasks.Client.GetRemoteTaskAsync(tasks.Bad.Ready, "wait", """{"gone":1}""", cancellationToken: leave.Token);
        await UntilAsync("select 1 from remote_tasks where parameters = '{\"gone\":1}' and state = 'running'");

        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calling);
        await UntilAsync("select 1 from remote_tasks where parameters = '{\"gone\":1}' and state = 'cancelled'");
    }

    private async Task UntilAsync(string question)
    {
        while ((await tasks.Silo.Database.Rows(question)).Length == 0)
            await Task.Delay(10, TestContext.Current.CancellationToken); // the rows tell nobody
    }
}
