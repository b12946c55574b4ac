using System.Text.Json.Nodes;
using Granero.Gateways.Rest.Peers;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace Granero.Gateways.Rest;

/// <summary>A request that can be tried, and its answer's status: metadata of a route, and a part of its description.</summary>
/// <param name="Body">JSON; null for none.</param>
/// <param name="Path">What the parameters of the path are replaced with, and a query: <c>?limit=10</c>.</param>
/// <param name="Status">What it is answered with, by a Granero in which nothing has happened but the examples that this one builds upon.</param>
/// <param name="Headers">Beside what every request has: names and values.</param>
internal sealed record RouteExample(string? Body, string Path, int Status, params (string Name, string Value)[] Headers);

internal static class RouteExamples
{
    /// <summary>Describes the body, and leaves it to the handler to refuse other content types: its clients know its words, and not the router's.</summary>
    public static RouteHandlerBuilder AcceptsAny<TBody>(this RouteHandlerBuilder route)
        where TBody : notnull => route.Accepts<TBody>("application/json", "*/*");

    public static T WithExample<T>(this T route, int status, string path = "", params (string Name, string Value)[] headers)
        where T : IEndpointConventionBuilder => route.WithMetadata(new RouteExample(Body: null, path, status, headers));

    public static T WithExample<T>(this T route, string body, int status, string path = "")
        where T : IEndpointConventionBuilder => route.WithMetadata(new RouteExample(body, path, status));

    /// <summary>Writes the examples into the OpenAPI document: bodies where its readers look for them, the whole as <c>x-example</c>.</summary>
    public static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.Contains(Door.Peers))
            operation.Servers = [new() { Url = $"http://localhost:{context.ApplicationServices.GetRequiredService<IOptions<PeersOptions>>().Value.Port}", Description = "The peers' port." }];
        if (metadata.OfType<RouteExample>().FirstOrDefault() is not { } example)
            return Task.CompletedTask;
        var body = example.Body is null ? null : JsonNode.Parse(example.Body);
        foreach (var content in operation.RequestBody?.Content?.Values ?? [])
            content.Example = body?.DeepClone();
        operation.AddExtension("x-example", new JsonNodeExtension(new JsonObject
        {
            ["path"] = example.Path,
            ["body"] = body,
            ["headers"] = new JsonObject(example.Headers.Select(header => KeyValuePair.Create(header.Name, (JsonNode?)header.Value))),
            ["status"] = example.Status,
        }));
        return Task.CompletedTask;
    }
}
