namespace Granero.Tests.Faults;

/// <summary>What must hold, measured.</summary>
internal sealed class FaultTable(FaultOptions options, TextWriter output)
{
    public Task<bool> RunAsync(CancellationToken cancellationToken) => throw new NotSupportedException($"{options} {output} {cancellationToken}");
}
