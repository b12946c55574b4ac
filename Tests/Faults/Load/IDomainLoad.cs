using Granero.Tests.EndToEnd;
using Granero.Tests.Support.Tasks;

namespace Granero.Tests.Faults.Load;

/// <summary>
/// The clients of one domain, and their books. To have another domain among the faults, write a class of this kind and add it to
/// <see cref="Domains.All"/>; nothing else has to know of it.
/// </summary>
internal interface IDomainLoad : IDisposable
{
    string Name { get; }

    /// <summary>Works until it is told to stop, finishes what it has begun, and returns.</summary>
    /// <param name="stop">Not an abortion: the clients get their last answers.</param>
    Task RunAsync(CancellationToken stop);

    /// <summary>Compares what was acknowledged with what there is, now that nothing is under way any more.</summary>
    Task<IReadOnlyList<BookLine>> CheckBooksAsync();
}

/// <summary>A line of the books: how many there should be, and how many of them are there, each once.</summary>
/// <param name="What">What is counted.</param>
/// <param name="Expected">What the clients were told.</param>
/// <param name="Found">What was found of it.</param>
/// <param name="Lost">What is not there.</param>
/// <param name="Wrong">What is there twice, elsewhere or otherwise than it should, or without anybody's acknowledgement.</param>
internal sealed record BookLine(string What, long Expected, long Found, long Lost = 0, long Wrong = 0)
{
    public bool Balances => Expected == Found && Lost == 0 && Wrong == 0;
}

/// <summary>What the load's clients need to know.</summary>
/// <param name="Granero">Whom they call.</param>
/// <param name="Calls">Where their calls are written down.</param>
/// <param name="Folder">Where their journals are.</param>
/// <param name="Seed">What they send depends on this alone.</param>
/// <param name="Engine">That runs the containers of tasks; null where there is none.</param>
internal sealed record LoadSetting(GraneroProcesses Granero, CallLog Calls, string Folder, int Seed, DockerEngine? Engine);

/// <summary>All domains that there are.</summary>
internal static class Domains
{
    /// <summary>What calls are called that upload a file.</summary>
    public static readonly string[] Uploads = [PublishLoad.Domain, VideosLoad.Uploads];

    public static IDomainLoad[] All(LoadSetting setting) =>
    [
        new LotteryLoad(setting), new PeersLoad(setting), new PublishLoad(setting),
        .. setting.Granero.Media.Length > 0 ? (IDomainLoad[])[new VideosLoad(setting)] : [],
        .. setting.Engine is { } engine ? (IDomainLoad[])[new TasksLoad(setting, engine)] : [],
    ];
}
