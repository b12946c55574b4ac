namespace Granero.Bench.Report;

/// <summary>All about peers: the questions over REST, the downloads over gRPC.</summary>
internal sealed record PeersReports(PeersReport GetFiles, DownloadReport Download) : IReport
{
    public void Write(TextWriter output)
    {
        GetFiles.Write(output);
        output.WriteLine();
        Download.Write(output);
    }

    public object ToDocument() => new { command = "peers", getFiles = GetFiles.ToDocument(), download = Download.ToDocument() };
}
