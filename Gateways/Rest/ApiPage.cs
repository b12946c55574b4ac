namespace Granero.Gateways.Rest;

/// <summary>The OpenAPI document for people, at <c>/openapi</c>: Swagger UI, out of its package, so nothing comes from elsewhere.</summary>
internal static class ApiPage
{
    /// <summary>Swagger UI styles its elements itself and draws its icons from data.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void UseApiPage(this WebApplication app) => app.UseWhen(
        http => Door.Of(http) == Door.Main && http.GetEndpoint() is null && http.Request.Path.StartsWithSegments("/openapi", StringComparison.Ordinal),
        page =>
        {
            page.Use((http, next) =>
            {
                http.Response.Headers.ContentSecurityPolicy = Policy;
                http.Response.Headers.XContentTypeOptions = "nosniff";
                return next(http);
            });
            page.UseSwaggerUI(ui =>
            {
                ui.RoutePrefix = "openapi";
                ui.DocumentTitle = "Granero, the API";
                ui.SwaggerEndpoint("/openapi/v1.json", "Granero");
            });
        });
}
