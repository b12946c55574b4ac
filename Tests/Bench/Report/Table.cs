namespace Granero.Bench.Report;

/// <summary>Rows of text under a heading, in aligned columns: the first to the left, the others to the right.</summary>
internal sealed class Table(params string[] heading)
{
    private readonly List<string[]> rows = [heading];

    public void Add(params string[] row) => rows.Add(row);

    public void Write(TextWriter output)
    {
        int[] widths = [.. heading.Select((_, column) => rows.Max(row => row[column].Length))];
        foreach (var row in rows)
            output.WriteLine(string.Join("  ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd());
        output.WriteLine();
    }
}
