using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Granero.Tests.Support;
using Granero.Tests.Support.Videos;

namespace Granero.Tests.Faults.Load;

/// <summary>Users who upload small videos over REST, look until they are processed, download most of them and delete some.</summary>
internal sealed class VideosLoad : IDomainLoad
{
    public const string Domain = "videos, REST";
    public const string Uploads = "videos, uploads";

    private const int Users = 2;
    private const int DeleteEvery = 4;
    private static readonly TimeSpan UploadEvery = TimeSpan.FromSeconds(4);

    private readonly LoadSetting _setting;
    private readonly Journal _journal;
    private readonly VideoUser[] _users;

    public VideosLoad(LoadSetting setting)
    {
        (_setting, _journal) = (setting, new Journal(setting.Folder, "videos"));
        _users = [.. Enumerable.Range(1, Users).Select(number => new VideoUser(setting, $"filmer-{number}", number))];
    }

    public string Name => "videos";

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(_users.Select((user, i) => FilmAsync(user, UploadEvery * i / Users, stop)));

    public Task<IReadOnlyList<BookLine>> CheckBooksAsync() => new VideosBooks(_setting.Granero, _journal).CheckAsync(id => UserOf(id).DownloadAsync(id));

    public void Dispose()
    {
        foreach (var user in _users)
            user.Dispose();
        _journal.Dispose();
    }

    private VideoUser UserOf(long id) => _users.Single(user => user.Own.Contains(id));

    private async Task FilmAsync(VideoUser user, TimeSpan first, CancellationToken stop)
    {
        byte[][] clips = [await Clips.OfSecondsAsync(0.5), await Clips.OfSecondsAsync(1)];
        var (pace, open) = (new Pace(UploadEvery), new List<long>());
        await user.LogInAsync();
        await Task.Delay(first, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // the users by turns
        for (var film = 0; film == 0 || !stop.IsCancellationRequested; film++)
        {
            await pace.KeepAsync();
            var (id, name) = await user.UploadAsync(clips[film % clips.Length], $"{user.Name}-{film}", attempt => _journal.Acknowledged("sent", attempt));
            _journal.Acknowledged("uploaded", id, name);
            open.Add(id);
            await SettleAsync(user, open);
        }

        for (pace = new Pace(TimeSpan.FromMilliseconds(200)); open.Count > 0; await SettleAsync(user, open))
            await pace.KeepAsync();
    }

    /// <summary>Looks at those that are being processed, and does with the others what their user wanted them for.</summary>
    private async Task SettleAsync(VideoUser user, List<long> open)
    {
        foreach (var id in open.ToArray())
        {
            var status = await user.StatusOfAsync(id);
            if (status == "uploaded")
                continue;
            open.Remove(id);
            if (id % DeleteEvery == 0)
            {
                await user.DeleteAsync(id);
                _journal.Acknowledged("deleted", id);
            }
            else if (status == "processed")
            {
                _journal.Acknowledged("downloaded", id, Convert.ToHexStringLower(SHA256.HashData(await user.DownloadAsync(id))));
            }
        }
    }
}

/// <summary>A user who is logged in, and calls one REST gateway or the other.</summary>
internal sealed class VideoUser(LoadSetting setting, string name, int number) : IDisposable
{
    private const string Password = "correct horse";

    private readonly VideosClient[] _clients = [.. setting.Granero.RestMain.Select(server => new VideosClient(new Uri($"http://{server}")))];
    private readonly Servers _servers = new(setting.Granero.RestMain.Count, number);

    public string Name => name;

    public HashSet<long> Own { get; } = [];

    public async Task LogInAsync()
    {
        // 400: it was there before, by an attempt whose answer was lost.
        await CallAsync(
            client => client.PostAsync("/api/auth/signup", new { username = name, password1 = Password, password2 = Password, email = $"{name}@example.org" }),
            HttpStatusCode.Created, HttpStatusCode.BadRequest);
        var token = (await CallAsync(client => client.PostAsync("/api/auth/login", new { username = name, password = Password }), HttpStatusCode.OK)).Json.GetProperty("token").GetString();
        foreach (var client in _clients)
            client.Http.DefaultRequestHeaders.Authorization = new("Bearer", token);
    }

    /// <summary>An upload whose answer is lost may be a video: each attempt has a name of its own.</summary>
    public async Task<(long Id, string Name)> UploadAsync(byte[] clip, string film, Action<string> attempting)
    {
        var attempt = 0;
        var file = "";
        var reply = await CallAsync(
            VideosLoad.Uploads,
            client =>
            {
                attempting(file = string.Create(CultureInfo.InvariantCulture, $"{film}-{attempt++}.mp4"));
                return client.UploadAsync(clip, file);
            },
            HttpStatusCode.Created);
        var id = reply.Json.GetProperty("task_id").GetInt64();
        Own.Add(id);
        return (id, file);
    }

    public async Task<string> StatusOfAsync(long id) => (await TaskAsync(id)).Json.GetProperty("status").GetString()!;

    /// <remarks>404: an attempt whose answer was lost has done it.</remarks>
    public Task DeleteAsync(long id) => CallAsync(client => client.DeleteAsync($"/api/tasks/{id}"), HttpStatusCode.OK, HttpStatusCode.NotFound);

    public async Task<byte[]> DownloadAsync(long id)
    {
        var path = new Uri((await TaskAsync(id)).Json.GetProperty("download").GetString()!).PathAndQuery;
        return await setting.Calls.UntilDoneAsync(VideosLoad.Domain, _servers, server => _clients[server].Http.GetByteArrayAsync(new Uri(path, UriKind.Relative)));
    }

    public void Dispose()
    {
        foreach (var client in _clients)
            client.Dispose();
    }

    private Task<VideosClient.Reply> TaskAsync(long id) => CallAsync(client => client.GetAsync($"/api/tasks/{id}"), HttpStatusCode.OK);

    private Task<VideosClient.Reply> CallAsync(Func<VideosClient, Task<VideosClient.Reply>> call, params HttpStatusCode[] expected) =>
        CallAsync(VideosLoad.Domain, call, expected);

    private Task<VideosClient.Reply> CallAsync(string domain, Func<VideosClient, Task<VideosClient.Reply>> call, params HttpStatusCode[] expected) =>
        setting.Calls.UntilDoneAsync(domain, _servers, async server =>
        {
            var reply = await call(_clients[server]);
            if (reply.Status == HttpStatusCode.InsufficientStorage)
                throw new NoRoomException(reply.Text);
            return expected.Contains(reply.Status) ? reply : throw new UnexpectedReplyException($"{(int)expected[0]}", $"{(int)reply.Status} {reply.Text}");
        });
}
