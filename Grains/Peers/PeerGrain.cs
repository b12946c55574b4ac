using System.Globalization;
using System.Net;
using Granero.Support;
using Microsoft.Extensions.Options;

namespace Granero.Peers;

/// <summary>A peer. It keeps nothing in memory: what it may do follows from the rows, so two activations do no harm.</summary>
[GrainType("peer")]
internal sealed class PeerGrain(
    PeerStore peers,
    LoginStore logins,
    PublishedFileStore published,
    PeerPasswords passwords,
    LoginThrottle throttle,
    SharedFileNews news,
    IOptions<PeersOptions> options,
    TimeProvider time) : Grain, IPeerGrain
{
    private string Peer => this.GetPrimaryKeyString();

    public async Task LogIn(PeerLogin login, CancellationToken cancellationToken)
    {
        try
        {
            await LogInOrThrow(login, cancellationToken);
            PeersTelemetry.LoginEnded(refusal: null);
        }
        catch (GraneroException refusal)
        {
            PeersTelemetry.LoginEnded(refusal.Code);
            throw;
        }
    }

    public async Task<string> LocateFile(string fileName, CancellationToken cancellationToken)
    {
        PeersTelemetry.PlaceAsked();
        var (address, hasFile) = await peers.Locate(Peer, fileName, time.GetUtcNow(), cancellationToken) ?? throw NotLoggedIn();
        return hasFile ? address : throw new GraneroException(ErrorCode.FileNotIndexed, $"Peer {Peer} has not indexed a file named {fileName}.");
    }

    public async Task<long> RoomToPublish(string fileName, Caller caller, CancellationToken cancellationToken)
    {
        await ThrowUnlessAllowed(caller, cancellationToken);
        var others = await published.BytesOfOthers(Peer, fileName, cancellationToken);
        return Math.Max(0, options.Value.PublishQuotaBytes - others);
    }

    public async Task<Guid?> Publish(PublishedFile file, Caller caller, CancellationToken cancellationToken)
    {
        var own = file with { PeerName = Peer };
        if (await published.FindPublication(own, cancellationToken) is { } before)
            return before.Replaced; // whether the caller may, and there is room, was decided then
        await ThrowUnlessAllowed(caller, cancellationToken);
        var added = await published.Add(own, options.Value.PublishQuotaBytes, time.GetUtcNow(), cancellationToken);
        if (added is null)
            throw new GraneroException(ErrorCode.QuotaExceeded, $"The published files of {Peer} may take {options.Value.PublishQuotaBytes} bytes together, and with this one they would take more.");
        PeersTelemetry.FilePublished(file.Length);
        return added.Replaced;
    }

    public async Task<PublishedFile?> FindPublished(string fileName, CancellationToken cancellationToken)
    {
        var file = await published.Find(Peer, fileName, cancellationToken);
        if (file is null)
            DeactivateOnIdle();
        return file;
    }

    public async Task<bool> Drop(CancellationToken cancellationToken)
    {
        var files = await peers.Drop(Peer, cancellationToken);
        await news.Tell(files ?? [], cancellationToken);
        return files is not null;
    }

    private async Task LogInOrThrow(PeerLogin login, CancellationToken cancellationToken)
    {
        ThrowIfTooSoon(login.Caller.Ip);
        passwords.ThrowIfFull(login.Caller.Ip);
        LoginResult result;
        do
        {
            var before = await peers.PasswordHashOf(Peer, cancellationToken);
            var hash = await passwords.CheckAsync(before, login.Password, login.Caller.Ip, cancellationToken) ?? throw WrongPassword(login.Caller.Ip);
            result = await logins.LogIn(RowsOf(login, before, hash), cancellationToken);
        }
        while (result.Outcome == LoginOutcome.PasswordChanged);

        throttle.Succeeded(Peer, login.Caller.Ip);
        if (result.Outcome == LoginOutcome.AddressIsTaken)
            throw new GraneroException(ErrorCode.NotYours, $"Another peer is logged in at {login.Address}.");
        await news.TellWhatIsUntold(cancellationToken); // by this very login, when it was made before
        await news.Tell(result.ChangedFiles, cancellationToken);
    }

    private LoginRows RowsOf(PeerLogin login, string? hashBefore, string hash)
    {
        var now = time.GetUtcNow();
        if (!PeerAddress.TryParse(login.Address, out var address))
            throw new ArgumentException($"'{login.Address}' is no address.", nameof(login));
        var isAtAddress = address.Ip.Equals(IPAddress.Parse(login.Caller.Ip));
        return new(Peer, address, login.Caller.Ip, isAtAddress, login.NewTokenHash, hashBefore, hash, now, now + options.Value.Lease);
    }

    private void ThrowIfTooSoon(string ip)
    {
        var wait = throttle.WaitOf(Peer, ip);
        if (wait > TimeSpan.Zero)
        {
            var seconds = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            throw new GraneroException(ErrorCode.TooManyLogins, $"Too many failed logins. Try again in {seconds} s.") { RetryAfter = wait };
        }
    }

    private async Task ThrowUnlessAllowed(Caller caller, CancellationToken cancellationToken)
    {
        if (!(await peers.MayActFor(Peer, caller, time.GetUtcNow(), cancellationToken) ?? throw NotLoggedIn()))
            throw new GraneroException(ErrorCode.NotYours, $"Only the address that logged {Peer} in, or a bearer of its token, may publish for it.");
    }

    private GraneroException WrongPassword(string ip)
    {
        throttle.Failed(Peer, ip);
        return new(ErrorCode.WrongPassword, "Wrong password for this user name.");
    }

    /// <remarks>An activation of nobody goes at once: there is no end of names to ask for.</remarks>
    private GraneroException NotLoggedIn()
    {
        DeactivateOnIdle();
        return new(ErrorCode.PeerNotLoggedIn, $"Peer {Peer} is not logged in.");
    }
}
