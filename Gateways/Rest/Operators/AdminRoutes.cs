using System.Globalization;
using System.Text;
using Granero.Gateways.Hosting;
using Granero.Operators;
using Microsoft.AspNetCore.Http.Features;

namespace Granero.Gateways.Rest.Operators;

/// <summary>The group of routes below <c>/admin</c>: each needs an operator's session, and each change is recorded before it is tried.</summary>
internal static class AdminRoutes
{
    private const int LongestDetail = 2_000;

    public static RouteGroupBuilder MapAdmin(this IEndpointRouteBuilder app, string path, string tag)
    {
        var group = app.MapDoor(Door.Main).MapGroup("/admin" + path).WithTags(tag);
        group.WithMetadata(OperatorsOnly.Instance);
        group.ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        return group;
    }

    /// <summary>Comes before the routes: what <see cref="MapAdmin"/> has mapped is open to operators only, whatever way its handler goes.</summary>
    public static void UseOperatorGate(this WebApplication app)
    {
        var gate = app.Services.GetRequiredService<OperatorGate>();
        var audit = app.Services.GetRequiredService<AdminAudit>();
        app.Use(async (http, next) =>
        {
            if (http.GetEndpoint()?.Metadata.GetMetadata<OperatorsOnly>() is null)
                await next(http);
            else if (await gate.AdmitAsync(http) is { } session)
                await audit.RunAsync(http, session, next);
        });
    }

    /// <returns>Who sends the request; only behind the gate.</returns>
    public static OperatorSession Operator(this HttpContext http) =>
        http.Features.Get<OperatorSession>() ?? throw new InvalidOperationException("This route is not behind the gate.");

    public static string RemoteIp(this HttpContext http) => http.Connection.RemoteIpAddress?.ToString() ?? "";

    /// <summary>Marks routes that only operators may call.</summary>
    internal sealed class OperatorsOnly
    {
        public static readonly OperatorsOnly Instance = new();
    }

    /// <summary>Marks routes whose body is a secret, which no record keeps.</summary>
    internal sealed class SecretBody
    {
        public static readonly SecretBody Instance = new();
    }

    /// <summary>Writes who changes what.</summary>
    internal sealed class AdminAudit(IGrainFactory grains, GrainRetry retry)
    {
        public async Task RunAsync(HttpContext http, OperatorSession session, RequestDelegate next)
        {
            http.Features.Set(session);
            if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
            {
                await next(http);
                return;
            }

            var change = await DescribeAsync(http, session);
            var records = grains.GetGrain<IOperatorsGrain>(0);
            var entry = await retry.CallAsync(() => records.BeginChange(change), http.RequestAborted);
            var outcome = "failed";
            try
            {
                await next(http);
                outcome = http.Response.StatusCode < StatusCodes.Status400BadRequest
                    ? "done"
                    : http.Response.StatusCode.ToString(CultureInfo.InvariantCulture);
            }
            catch (Exception failure)
            {
                outcome = Problems.Of(failure) is var (status, sentence) ? $"{status}: {sentence}" : outcome;
                throw;
            }
            finally
            {
                await retry.CallAsync(() => records.EndChange(entry, outcome)); // also when the one who asked has gone
            }
        }

        private static async Task<OperatorChange> DescribeAsync(HttpContext http, OperatorSession session)
        {
            var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "";
            return new(session.Operator, http.RemoteIp(), $"{http.Request.Method} {route}", http.Request.Path, await ReadDetailAsync(http));
        }

        private static async Task<string?> ReadDetailAsync(HttpContext http)
        {
            if (http.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true } || http.GetEndpoint()?.Metadata.GetMetadata<SecretBody>() is not null)
                return null;
            http.Request.EnableBuffering();
            var text = new char[LongestDetail];
            using var reader = new StreamReader(http.Request.Body, Encoding.UTF8, leaveOpen: true);
            var length = await reader.ReadBlockAsync(text, http.RequestAborted);
            http.Request.Body.Position = 0;
            return length == 0 ? null : new string(text, 0, length).Replace("\0", "", StringComparison.Ordinal); // a NUL has no place in Postgres
        }
    }
}
