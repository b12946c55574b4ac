using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Granero.Gateways.Rest;
using Granero.Tests.Support;
using Granero.Tests.Support.Operators;
using Granero.Tests.Support.Peers;
using Granero.Tests.Support.Videos;
using Microsoft.AspNetCore.Routing;
using Xunit;

namespace Granero.Tests.Operators;

/// <summary>The OpenAPI document: it is whole, and its examples are true.</summary>
[Collection(AdminCollection.Name)]
public sealed partial class OpenApiTests(AdminCluster admin)
{
    /// <summary>Examples that build upon each other, in this order; all others come in between, and in the end what ends something.</summary>
    private static readonly string[] First = ["/api/auth/signup", "/login", "/indexFiles", "/getFiles"];

    private static readonly string[] Last = ["/logout", "/admin/lottery/draws/{draw}/hold"];

    /// <summary>There is no engine here. That these run is told by the tests of the tasks.</summary>
    private static readonly string[] NeedsEngine = ["POST /getRemoteTask", "POST /tasks", "POST /admin/tasks/{id}/cancel"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_route_is_in_the_document()
    {
        var described = (await OperationsOf(admin.Stranger())).Select(operation => $"{operation.Method} {operation.Path}").ToHashSet();
        var routes = from endpoint in admin.Gateway.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                     where endpoint.Metadata.GetMetadata<Door>() is not null
                     let path = "/" + Constraint().Replace(endpoint.RoutePattern.RawText!, "").Trim('/')
                     where !path.StartsWith("/console", StringComparison.Ordinal) && !path.StartsWith("/admin/dashboard", StringComparison.Ordinal) && !path.StartsWith("/openapi", StringComparison.Ordinal)
                     from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                     where method != "HEAD" || !described.Contains($"GET {path}") // a GET's answer without its body needs no word of its own
                     select $"{method} {path}";
        Assert.Empty(routes.Except(described));
        Assert.True(described.Count > 50, $"{described.Count} routes");
    }

    [Fact]
    public async Task Every_operation_says_what_it_is_for_and_what_it_answers()
    {
        foreach (var (method, path, operation) in await OperationsOf(admin.Stranger()))
        {
            foreach (var part in new[] { "summary", "description", "x-example" })
                Assert.True(operation.TryGetProperty(part, out _), $"{method} {path} has no {part}");
            var responses = operation.GetProperty("responses").EnumerateObject().Select(response => response.Name).ToArray();
            Assert.True(responses.Any(status => status[0] == '2'), $"{method} {path} has no answer");
            Assert.Contains($"{operation.GetProperty("x-example").GetProperty("status")}", responses);
            Assert.True(operation.GetProperty("summary").GetString()!.Length < 80, $"{method} {path}: a summary is a line");
        }
    }

    [Fact]
    public async Task Examples_of_bodies_are_of_their_schemas()
    {
        var document = await admin.Stranger().GetFromJsonAsync<JsonElement>("/openapi/v1.json", Token);
        var bodies = 0;
        foreach (var (method, path, operation) in Operations(document))
        {
            if (!operation.TryGetProperty("requestBody", out var body) || !body.GetProperty("content").TryGetProperty("application/json", out var content))
                continue;
            var example = content.GetProperty("example");
            Assert.True(JsonElement.DeepEquals(example, operation.GetProperty("x-example").GetProperty("body")), $"{method} {path}");
            AssertIsOf(document, content.GetProperty("schema"), example, $"{method} {path}");
            bodies++;
        }

        Assert.True(bodies >= 11, $"{bodies} bodies");
    }

    [Fact]
    public async Task The_examples_are_true()
    {
        // A Granero of their own, in which nothing has happened yet.
        var media = Directory.CreateTempSubdirectory("granero-media-").FullName;
        await using var database = await TestDatabase.CreateAsync();
        await AdminCluster.AddOperator(database, AdminCluster.Operator, AdminCluster.Password);
        await using var cluster = await SiloCluster.DeployAsync(
            database, silos: 1, PeersCluster.FastPasswords, ("Accounts:PasswordIterations", "1000"), ("Media:Root", media), ("Videos:Encoders", "0"));
        await using var gateway = await PeersGateway.StartAsync(cluster.Client, ("Media:Root", media), ("Videos:KeepFreeBytes", "0"));
        using var user = await VideosClient.LogInAsync(gateway.MainAddress);
        var operations = await OperationsOf(user.Http);

        foreach (var (method, path, operation) in operations.OrderBy(operation => Order(operation.Path)))
        {
            using var request = await Example(gateway, method, path, operation);
            if (!path.StartsWith("/admin", StringComparison.Ordinal))
                request.Headers.Authorization = user.Http.DefaultRequestHeaders.Authorization;
            using var response = await user.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token); // the live ones have no end
            var expected = NeedsEngine.Contains($"{method} {path}") ? 503 : operation.GetProperty("x-example").GetProperty("status").GetInt32();
            Assert.True(expected == (int)response.StatusCode, $"{method} {request.RequestUri}: {response.StatusCode}");
        }

        Directory.Delete(media, recursive: true);
    }

    private static int Order(string path) => Array.IndexOf(First, path) is var first and >= 0 ? first : First.Length + 1 + Array.IndexOf(Last, path);

    private static async Task<HttpRequestMessage> Example(PeersGateway gateway, string method, string path, JsonElement operation)
    {
        var example = operation.GetProperty("x-example");
        var values = example.GetProperty("path").GetString()!.Split('?', 2);
        var filled = Parameters().Replace(path, values[0]) + (values.Length > 1 ? $"?{values[1]}" : "");
        var request = new HttpRequestMessage(new(method), new Uri(operation.TryGetProperty("servers", out _) ? gateway.Address : gateway.MainAddress, filled));
        foreach (var header in example.GetProperty("headers").EnumerateObject())
            request.Headers.Add(header.Name, header.Value.GetString());
        if (example.GetProperty("body") is { ValueKind: not JsonValueKind.Null } body)
            request.Content = new StringContent(body.GetRawText(), Encoding.UTF8, "application/json");
        if (path.StartsWith("/admin/", StringComparison.Ordinal) && path != "/admin/login")
            request.Headers.Authorization = new("Bearer", await OperatorsToken(gateway)); // one for each: one of them logs out
        return request;
    }

    private static async Task<string?> OperatorsToken(PeersGateway gateway)
    {
        using var client = new HttpClient { BaseAddress = gateway.MainAddress };
        using var login = await client.PostAsJsonAsync("/admin/login", new { name = AdminCluster.Operator, password = AdminCluster.Password }, Token);
        return (await login.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("token").GetString();
    }

    /// <summary>Of JSON Schema what the document uses: references, types, properties, items, required ones.</summary>
    private static void AssertIsOf(JsonElement document, JsonElement schema, JsonElement value, string where)
    {
        if (schema.TryGetProperty("$ref", out var reference))
            schema = document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]);
        if (schema.TryGetProperty("type", out var type))
        {
            var types = type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()) : [type.GetString()];
            Assert.True(types.Contains(TypeOf(value)), $"{where}: {value} is no {type}");
        }

        if (value.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out var properties))
        {
            if (schema.TryGetProperty("required", out var required))
                Assert.All(required.EnumerateArray(), name => Assert.True(value.TryGetProperty(name.GetString()!, out _) || IsOptional(name.GetString()!), $"{where}: {name} is missing"));
            foreach (var property in value.EnumerateObject())
            {
                Assert.True(properties.TryGetProperty(property.Name, out var inner), $"{where}: nobody reads {property.Name}");
                AssertIsOf(document, inner, property.Value, $"{where}.{property.Name}");
            }
        }
        else if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
        {
            foreach (var item in value.EnumerateArray())
                AssertIsOf(document, items, item, where);
        }

        bool IsOptional(string name) => schema.GetProperty("properties").GetProperty(name).TryGetProperty("default", out _);
    }

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "integer",
        JsonValueKind.Null => "null",
        _ => "boolean",
    };

    private static async Task<(string Method, string Path, JsonElement Operation)[]> OperationsOf(HttpClient client) =>
        [.. Operations(await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Token))];

    private static IEnumerable<(string Method, string Path, JsonElement Operation)> Operations(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select (operation.Name.ToUpperInvariant(), path.Name, operation.Value);

    [GeneratedRegex(@":[a-z]+(?=\})")]
    private static partial Regex Constraint();

    [GeneratedRegex(@"\{.*\}")]
    private static partial Regex Parameters();
}
