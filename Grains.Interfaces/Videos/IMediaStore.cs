namespace Granero.Videos;

/// <summary>
/// Where videos lie: a folder that every gateway that takes uploads and every silo that processes them sees. No client's string is part
/// of a path. What belongs to nothing is removed by sweeps.
/// </summary>
public interface IMediaStore
{
    /// <summary>Bytes that are free on its disk.</summary>
    long FreeBytes { get; }

    /// <summary>The path of a whole upload.</summary>
    string UploadPath(Guid upload);

    /// <summary>The path of an upload that may come in several requests: what has come so far.</summary>
    string PartialPath(Guid upload);

    /// <summary>The path that an upload has while one request brings it. A process that dies leaves it behind.</summary>
    string IncomingPath(Guid upload);

    /// <summary>The path that a result has while an encoder writes it: no two attempts have the same one.</summary>
    string EncodingPath(long video, int attempt);

    /// <summary>The path of a whole result.</summary>
    string ResultPath(long video, int attempt);

    /// <summary>Makes a file that was written whole, and is closed, part of the store: durable when this returns, and there at once or not at all.</summary>
    /// <exception cref="IOException">It could not be.</exception>
    void Keep(string source, string target);

    /// <summary>Harmless when it is gone already.</summary>
    void Remove(string path);

    /// <summary>Whole and partial uploads that have not been written to since the given time.</summary>
    IEnumerable<(Guid Upload, string Path)> UploadsBefore(DateTimeOffset time);

    /// <summary>Results, whole or not, that have not been written to since the given time.</summary>
    IEnumerable<(long Video, int Attempt, bool IsWhole, string Path)> ResultsBefore(DateTimeOffset time);

    /// <summary>Uploads by one request that have not been written to since the given time.</summary>
    IEnumerable<string> IncomingBefore(DateTimeOffset time);
}
