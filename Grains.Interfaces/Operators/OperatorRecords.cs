namespace Granero.Operators;

/// <summary>Whether somebody may come in.</summary>
/// <param name="AnyOperator">False: nobody can log in, and the admin API is off.</param>
/// <param name="Session">Whose session the token is; null if it is none that is valid now.</param>
[GenerateSerializer, Immutable, Alias("granero.operators.Admission")]
public sealed record Admission([property: Id(0)] bool AnyOperator, [property: Id(1)] OperatorSession? Session);

/// <param name="Operator">Whose it is.</param>
/// <param name="EndsAt">When it ends by itself.</param>
[GenerateSerializer, Immutable, Alias("granero.operators.OperatorSession")]
public sealed record OperatorSession([property: Id(0)] string Operator, [property: Id(1)] DateTimeOffset EndsAt);

/// <param name="Operator">The name.</param>
/// <param name="Password">In clear; it is stored nowhere.</param>
/// <param name="Ip">Where the call comes from.</param>
/// <param name="TokenHash">SHA-256 of the token that the session is to have; the token itself stays in the gateway.</param>
[GenerateSerializer, Immutable, Alias("granero.operators.OperatorLogin")]
public sealed record OperatorLogin(
    [property: Id(0)] string Operator, [property: Id(1)] string Password, [property: Id(2)] string Ip, [property: Id(3)] byte[] TokenHash);

/// <param name="Operator">Who.</param>
/// <param name="Ip">From where.</param>
/// <param name="Action">What, such as <c>POST /admin/lottery/draws/{draw}/hold</c>.</param>
/// <param name="Target">To what: the path as it was called.</param>
/// <param name="Detail">With which values; null if there are none.</param>
[GenerateSerializer, Immutable, Alias("granero.operators.OperatorChange")]
public sealed record OperatorChange(
    [property: Id(0)] string Operator, [property: Id(1)] string Ip, [property: Id(2)] string Action, [property: Id(3)] string Target,
    [property: Id(4)] string? Detail);

/// <param name="Entry">Its number; later entries have greater ones.</param>
/// <param name="At">When it was tried.</param>
/// <param name="Change">Who did what.</param>
/// <param name="Outcome"><c>done</c>, or why not; null if the process that tried it did not live to tell.</param>
[GenerateSerializer, Immutable, Alias("granero.operators.AuditEntry")]
public sealed record AuditEntry(
    [property: Id(0)] long Entry, [property: Id(1)] DateTimeOffset At, [property: Id(2)] OperatorChange Change, [property: Id(3)] string? Outcome);
