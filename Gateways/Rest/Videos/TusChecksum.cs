using System.Security.Cryptography;

namespace Granero.Gateways.Rest.Videos;

/// <summary>The checksum of one request's bytes. Source: tus 1.0, extension checksum: <c>Upload-Checksum: algorithm base64</c>.</summary>
internal sealed class TusChecksum : IDisposable
{
    /// <summary>As <c>Tus-Checksum-Algorithm</c> lists them.</summary>
    public const string Algorithms = "sha1,sha256,sha512,md5";

    private readonly IncrementalHash _hash;
    private readonly byte[] _announced;

    private TusChecksum(HashAlgorithmName algorithm, byte[] announced) => (_hash, _announced) = (IncrementalHash.CreateHash(algorithm), announced);

    /// <returns>Null without the header.</returns>
    /// <exception cref="BadHttpRequestException">It says something else.</exception>
    public static TusChecksum? Parse(string? header)
    {
        if (header is null)
            return null;
        if (header.Split(' ') is not [var name, var base64] || AlgorithmOf(name) is not { } algorithm)
            throw Problems.BadRequest($"Upload-Checksum must be one of {Algorithms}, a space, and the checksum in base64.");
        try
        {
            return new(algorithm, Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            throw Problems.BadRequest("The checksum in Upload-Checksum is not base64.");
        }
    }

    public void Add(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <summary>Whether all that was added comes to what was announced; once only.</summary>
    public bool IsRight() => _hash.GetHashAndReset().AsSpan().SequenceEqual(_announced);

    public void Dispose() => _hash.Dispose();

    private static HashAlgorithmName? AlgorithmOf(string name) => name switch
    {
        "sha1" => HashAlgorithmName.SHA1,
        "sha256" => HashAlgorithmName.SHA256,
        "sha512" => HashAlgorithmName.SHA512,
        "md5" => HashAlgorithmName.MD5,
        _ => null,
    };
}
