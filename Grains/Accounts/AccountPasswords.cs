using Granero.Support;
using Microsoft.Extensions.Options;

namespace Granero.Accounts;

/// <summary>Hashes of the users' passwords.</summary>
internal sealed class AccountPasswords(IOptions<AccountsOptions> options) : PasswordHashing(options.Value.PasswordIterations);
