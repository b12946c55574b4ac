namespace Granero.Bench.Report;

/// <summary>What a command found: for people, and for machines.</summary>
internal interface IReport
{
    void Write(TextWriter output);

    /// <returns>An object that serializes to the same figures as JSON.</returns>
    object ToDocument();
}
