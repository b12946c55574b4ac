using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granero.Operators;

/// <summary>
/// Sees to it that the operator of <c>Admin:OperatorFile</c> is there when the silo has started. A password that it gave before is not given
/// again: the operator may have changed it.
/// </summary>
internal sealed partial class FirstOperator(
    OperatorStore operators, OperatorPasswords passwords, IOptions<AdminOptions> options, TimeProvider time, ILogger<FirstOperator> logger)
    : IStartupTask
{
    private const string Here = "127.0.0.1";

    public async Task Execute(CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(options.Value.OperatorFile))
            return;
        var (name, password) = AdminOptions.Read(options.Value.OperatorFile);
        var given = await operators.GivenHashOf(name, cancellationToken);
        if (given is not null && await passwords.CheckAsync(given, password, Here, cancellationToken) is not null)
            return;
        var hash = await passwords.CheckAsync(storedHash: null, password, Here, cancellationToken);
        await operators.PutGiven(name, hash!, time.GetUtcNow(), cancellationToken);
        LogMade(name, options.Value.OperatorFile);
    }

    [LoggerMessage(6001, LogLevel.Information, "Operator {Operator} has the password of {File}")]
    private partial void LogMade(string @operator, string file);
}
