using Granero.Support;

namespace Granero.Operators;

/// <summary>Hashes of the operators' passwords. There are few operators, so theirs are slower than the users'.</summary>
internal sealed class OperatorPasswords(HashingQueue queue) : PasswordHashing(queue, iterations: 210_000);
