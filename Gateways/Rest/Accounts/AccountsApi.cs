using System.Net;
using Granero.Accounts;
using Granero.Gateways.Hosting;

namespace Granero.Gateways.Rest.Accounts;

/// <summary>Sign-up and login, as the old clients call them. Source: protocols.md, section 4.</summary>
internal sealed class AccountsApi(IGrainFactory grains, GrainRetry retry, Tokens tokens)
{
    private const string SignUpShape = "a JSON object with the texts username, password1, password2 and email";
    private const string LogInShape = "a JSON object with the texts username and password";

    public async Task SignUpAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http.Request, AccountsJson.Default.SignUpRequest, SignUpShape);
        var (username, email) = (GivenText(body.Username), GivenText(body.Email));
        var password = Password(Given(body.Password1), Given(body.Password2));
        Refuse(!AccountNames.IsUsername(username), "El nombre de usuario no es válido");
        Refuse(!AccountNames.IsEmail(email), "El correo electrónico no es válido");
        // The id is made here, so that a call that has to be sent again is the same sign-up.
        var signUp = new SignUp(Guid.CreateVersion7(), email, password, IpOf(http));
        await CallAsync(username, account => account.SignUp(signUp, http.RequestAborted), http.RequestAborted);
        await MessageReply.WriteAsync(http, StatusCodes.Status201Created, "Usuario creado");
    }

    public async Task LogInAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http.Request, AccountsJson.Default.LogInRequest, LogInShape);
        var (username, password) = (GivenText(body.Username), Given(body.Password));
        if (!AccountNames.IsUsername(username))
            throw InSpanish(ErrorCode.UserNotFound);
        var ip = IpOf(http);
        // What could not be the password of anybody is a wrong one, and needs no hash.
        var checkable = password.Length <= AccountNames.MaxPasswordLength ? password : "";
        var userId = await CallAsync(username, account => account.LogIn(checkable, ip, http.RequestAborted), http.RequestAborted);
        await JsonBody.WriteAsync(http.Response, StatusCodes.Status200OK, new TokenReply(tokens.Make(userId, username)), AccountsReplies.Json.TokenReply);
    }

    private async Task<long> CallAsync(string username, Func<IAccountGrain, Task<long>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await retry.CallAsync(() => call(grains.GetGrain<IAccountGrain>(username)), cancellationToken);
        }
        catch (GraneroException refusal)
        {
            throw InSpanish(refusal.Code, refusal.RetryAfter);
        }
    }

    private static string IpOf(HttpContext http) => (http.Connection.RemoteIpAddress ?? IPAddress.None).ToString();

    private static string Given(string? field)
    {
        Refuse(string.IsNullOrEmpty(field), "Faltan campos por llenar");
        return field!;
    }

    /// <summary>White space alone names nobody; a password it may be.</summary>
    private static string GivenText(string? field) => Given(string.IsNullOrWhiteSpace(field) ? null : field);

    private static string Password(string password1, string password2)
    {
        Refuse(password1 != password2, "Las contraseñas no coinciden");
        Refuse(password1.Length < AccountNames.MinPasswordLength, $"La contraseña debe tener al menos {AccountNames.MinPasswordLength} caracteres");
        Refuse(password1.Length > AccountNames.MaxPasswordLength, $"La contraseña debe tener como máximo {AccountNames.MaxPasswordLength} caracteres");
        return password1;
    }

    private static void Refuse(bool isWrong, string sentence)
    {
        if (isWrong)
            throw Problems.BadRequest(sentence);
    }

    private static GraneroException InSpanish(ErrorCode code, TimeSpan? retryAfter = null) => new(code, code switch
    {
        ErrorCode.UsernameTaken => "El usuario ya existe",
        ErrorCode.EmailTaken => "El correo electrónico ya existe",
        ErrorCode.UserNotFound => "Usuario no encontrado",
        ErrorCode.PasswordMismatch => "Contraseña incorrecta",
        ErrorCode.UserIsDisabled => "El usuario está inhabilitado",
        ErrorCode.TooManyAtOnce => "Demasiados usuarios a la vez. Inténtelo más tarde",
        _ => "Demasiados intentos fallidos. Inténtelo más tarde",
    }) { RetryAfter = retryAfter };
}
