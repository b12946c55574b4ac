using Granero.Tests.EndToEnd;
using Npgsql;

namespace Granero.Tests.Faults.Table;

/// <summary>
/// SIGSTOP of a silo for 20 s, and on. While it stands still, the gateways are killed: their clients send again what was not acknowledged, with
/// other ids, so that what the silo still has of it must not be stored any more.
/// </summary>
internal sealed class FreezeSilo(FaultOptions options) : LoadedMeasurement("SIGSTOP of a silo, 20 s, and on", options)
{
    private const int Times = 3;
    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan KillAfter = TimeSpan.FromSeconds(2);

    /// <summary>Writes down each row that is written, with its session and the time of the writing, and when a silo was declared dead.</summary>
    private const string Watch =
        """
        create table watch_writes (pid integer, at timestamptz, written text);
        create table watch_deaths (silo text, at timestamptz);
        create function watch_write() returns trigger language plpgsql as
          $$ begin insert into watch_writes values (pg_backend_pid(), clock_timestamp(), tg_table_name); return null; end $$;
        create function watch_death() returns trigger language plpgsql as
          $$ begin insert into watch_deaths values (new.siloname, clock_timestamp()); return null; end $$;
        create trigger watch after insert or update on bet_batches for each row execute function watch_write();
        create trigger watch after insert or update on draws for each row execute function watch_write();
        create trigger watch after insert or update on ready_agencies for each row execute function watch_write();
        create trigger watch after insert or update on shared_files for each row execute function watch_write();
        create trigger watch after insert or update on published_files for each row execute function watch_write();
        create trigger watch after update on orleansmembershiptable for each row when (new.status = 6 and old.status <> 6)
          execute function watch_death();
        """;

    private readonly List<(string Silo, DateTime FrozenAt, int[] Sessions)> _frozen = [];

    protected override async Task<IReadOnlyList<Figure>> MeasureAsync(FaultRig rig, TextWriter progress, CancellationToken cancellationToken)
    {
        await ExecuteAsync(rig.Granero, Watch, cancellationToken);
        for (var i = 0; i < (Options.Rounds ?? Times); i++)
        {
            await FreezeAsync(rig, rig.Granero.Silos[i % rig.Granero.Silos.Count], cancellationToken);
            await progress.WriteLineAsync($"  {i + 1,3}: {_frozen[^1].Silo} stood still for {Frozen.TotalSeconds} s");
            await CalmDownAsync(rig, cancellationToken);
        }

        return [];
    }

    protected override async Task<IReadOnlyList<Figure>> AfterAsync(FaultRig rig, CancellationToken cancellationToken)
    {
        var (late, replaced) = (0L, 0L);
        foreach (var (silo, frozenAt, sessions) in _frozen)
        {
            var died = $"select at from watch_deaths where silo = '{silo}' and at > '{frozenAt:O}'::timestamptz order by at limit 1";
            replaced += (await rig.Granero.QueryAsync<DateTime>(died, cancellationToken)).Count;
            late += (await rig.Granero.QueryAsync<long>(
                $"select count(*) from watch_writes where pid = any (array[{string.Join(',', sessions)}]::integer[]) and at > ({died})", cancellationToken))[0];
        }

        return
        [
            new(Name, "times that it was replaced meanwhile", $"{_frozen.Count}", $"{replaced}", replaced == _frozen.Count),
            Figure.Zero(Name, "writes accepted from it after it was replaced", late),
        ];
    }

    private async Task FreezeAsync(FaultRig rig, ServerProcess silo, CancellationToken cancellationToken)
    {
        await silo.FreezeAsync();
        // In any order with its sessions: it opens none now.
        _frozen.Add((silo.Name, DateTime.UtcNow, [.. await rig.Granero.QueryAsync<int>(
            $"select pid from pg_stat_activity where application_name like '%{silo.Name}'", cancellationToken)]));
        await Task.Delay(KillAfter, cancellationToken); // clients send on, and wait
        await rig.Supervisor.KillAsync([.. rig.Granero.TcpGateways]);
        await Task.Delay(Frozen - KillAfter, cancellationToken);
        await silo.GoOnAsync();
    }

    private static async Task ExecuteAsync(GraneroProcesses granero, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(granero.OutsideConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
