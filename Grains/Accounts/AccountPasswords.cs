using Granero.Support;
using Microsoft.Extensions.Options;

namespace Granero.Accounts;

/// <summary>Hashes of the users' passwords.</summary>
internal sealed class AccountPasswords(HashingQueue queue, IOptions<AccountsOptions> options) : PasswordHashing(queue, options.Value.PasswordIterations);
