using Granero.Videos;
using Microsoft.Extensions.Options;

namespace Granero.Gateways.Rest.Videos;

/// <summary>The media folder as uploads and downloads see it: is there room, and is it there at all.</summary>
internal sealed class Media(IOptions<MediaOptions> media, IOptions<VideosOptions> options)
{
    private readonly Lazy<IMediaStore> _store = new(() => new MediaFolder(media.Value.Root));
    private long _expected;

    /// <exception cref="GraneroException"><see cref="ErrorCode.VideosAreOff"/>.</exception>
    public IMediaStore Store => media.Value.Root.Length > 0
        ? _store.Value
        : throw new GraneroException(ErrorCode.VideosAreOff, "This server takes no videos: its operator has not set Media:Root.");

    /// <summary>Keeps room for bytes that are to come, until what it returns is disposed. Uploads that run at the same time share what is free.</summary>
    /// <exception cref="GraneroException"><see cref="ErrorCode.MediaDiskFull"/>.</exception>
    public Reservation Reserve(long bytes)
    {
        var reservation = new Reservation(this, bytes);
        try
        {
            reservation.Check();
            return reservation;
        }
        catch
        {
            reservation.Dispose();
            throw;
        }
    }

    internal sealed class Reservation : IDisposable
    {
        private readonly Media _media;
        private long _left;

        public Reservation(Media media, long bytes)
        {
            (_media, _left) = (media, bytes);
            Interlocked.Add(ref media._expected, bytes);
        }

        /// <summary>So many of the bytes have come, and are not free any more.</summary>
        public void Arrived(long bytes)
        {
            bytes = Math.Min(bytes, _left);
            _left -= bytes;
            Interlocked.Add(ref _media._expected, -bytes);
        }

        /// <exception cref="GraneroException"><see cref="ErrorCode.MediaDiskFull"/>.</exception>
        public void Check() => _media.Check();

        public void Dispose() => Arrived(_left);
    }

    private void Check()
    {
        if (Store.FreeBytes - Interlocked.Read(ref _expected) < options.Value.KeepFreeBytes)
            throw new GraneroException(ErrorCode.MediaDiskFull, "There is no room for more videos now. Try again later.");
    }
}
