namespace Granero.Cluster;

/// <summary>Asks Orleans and Postgres, and keeps the answer for a moment: ten who watch cost no more than one.</summary>
[GrainType("cluster")]
internal sealed class ClusterGrain(ClusterStore store, TimeProvider time) : Grain, IClusterGrain
{
    private static readonly TimeSpan Keep = TimeSpan.FromMilliseconds(900);
    private static readonly TimeSpan RememberDead = TimeSpan.FromMinutes(10);

    private ClusterBoard? _board;
    private long _readAt;

    public async Task<ClusterBoard> Look(CancellationToken cancellationToken)
    {
        if (_board is null || time.GetElapsedTime(_readAt) >= Keep)
        {
            var readAt = time.GetTimestamp();
            _board = await Read(cancellationToken);
            _readAt = readAt;
        }

        return _board;
    }

    private async Task<ClusterBoard> Read(CancellationToken cancellationToken)
    {
        var management = GrainFactory.GetGrain<IManagementGrain>(0);
        var members = await management.GetDetailedHosts(onlyActive: false);
        SiloAddress[] active = [.. members.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress)];
        var statistics = await management.GetRuntimeStatistics(active);
        var known = active.Zip(statistics).ToDictionary(pair => pair.First, pair => pair.Second);
        var grains = await management.GetSimpleGrainStatistics(active);
        var now = time.GetUtcNow();
        return new(
            now,
            [
                .. members.Where(member => member.Status != SiloStatus.Dead || member.IAmAliveTime > (now - RememberDead).UtcDateTime)
                    .OrderBy(member => member.Status == SiloStatus.Dead).ThenBy(member => member.SiloName, StringComparer.Ordinal)
                    .Select(member => Describe(member, known.GetValueOrDefault(member.SiloAddress))),
            ],
            [
                .. grains.GroupBy(grain => KindOf(grain.GrainType), grain => (long)grain.ActivationCount)
                    .Select(kind => new GrainLine(kind.Key, kind.Sum())).OrderByDescending(line => line.Activations),
            ],
            await store.Read(cancellationToken));
    }

    private static SiloLine Describe(MembershipEntry member, SiloRuntimeStatistics? now) => new(
        member.SiloName,
        member.SiloAddress.Endpoint.ToString(),
        member.Status.ToString(),
        new(DateTime.SpecifyKind(member.StartTime, DateTimeKind.Utc)),
        now?.ActivationCount,
        now?.ClientCount,
        now?.EnvironmentStatistics.FilteredCpuUsagePercentage,
        now?.EnvironmentStatistics.FilteredMemoryUsageBytes,
        now?.IsOverloaded ?? false);

    private static string KindOf(string type)
    {
        var name = type.Split(',')[0];
        return name[(name.LastIndexOf('.') + 1)..];
    }
}
