using System.Globalization;
using Granero.Tests.EndToEnd;
using Granero.Tests.Faults.Load;
using Granero.Tests.Support;
using Npgsql;

namespace Granero.Tests.Faults.Table;

/// <summary>
/// kill -9 of the silo that holds a draw, at each step of it. The database stops the silo at the step, with triggers that wait for a lock
/// which the test has; whose session waits there is killed, and only then the lock is let go.
/// </summary>
internal sealed class DrawSteps(FaultOptions options) : IMeasurement
{
    private const string Name = "kill -9 at each step of the draw";
    private const int Times = 200;
    private const int Agencies = 2;
    private const int BetsInRound = 60;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);

    /// <summary>In the order in which a draw goes through them.</summary>
    private static readonly string[] Steps = ["remind", "ready", "close", "winners", "next", "commit", "forget"];

    private const string Gates =
        """
        create table gate (step text);
        insert into gate values ('');
        create table held (draw integer);
        create function wait_at_gate() returns trigger language plpgsql as $$
        begin
          if exists (select from gate where step = tg_argv[0]) then perform pg_advisory_xact_lock_shared(6006); end if;
          return case when tg_op = 'DELETE' then old else new end;
        end $$;
        create function write_down() returns trigger language plpgsql as $$ begin insert into held values (new.draw); return null; end $$;
        create trigger gate before insert or update on orleansreminderstable for each row execute function wait_at_gate('remind');
        create trigger gate before insert on ready_agencies for each row execute function wait_at_gate('ready');
        create trigger gate_close before update on draws for each row execute function wait_at_gate('close');
        create trigger gate after insert on winners for each row execute function wait_at_gate('winners');
        create trigger gate_next after insert on draws for each row execute function wait_at_gate('next');
        create constraint trigger gate_commit after insert on draws deferrable initially deferred for each row execute function wait_at_gate('commit');
        create trigger gate_forget before delete on orleansreminderstable for each row execute function wait_at_gate('forget');
        create trigger held after update on draws for each row when (new.held_at is not null and old.held_at is null) execute function write_down();
        """;

    private const string WhoWaits =
        "select a.application_name from pg_locks l join pg_stat_activity a using (pid) where l.locktype = 'advisory' and l.objid = 6006 and not l.granted";

    private readonly CallLog _calls = new();
    private readonly Dictionary<string, int> _kills = [];
    private int _wrong;

    public async Task<IReadOnlyList<Figure>> RunAsync(TextWriter progress, CancellationToken cancellationToken)
    {
        await using var granero = await GraneroProcesses.StartAsync(new GraneroSize(Agencies, options.Silos), network: null, cancellationToken);
        await using var supervisor = new Supervisor(granero);
        await using var gate = new NpgsqlConnection(granero.OutsideConnectionString);
        await gate.OpenAsync(cancellationToken);
        await ExecuteAsync(gate, Gates);
        var rounds = options.Rounds ?? Times;
        for (var round = 1; round <= rounds; round++)
        {
            var step = Steps[round % Steps.Length];
            try
            {
                await PlayAsync(granero, supervisor, gate, round, step, cancellationToken);
            }
            catch (Exception failure)
            {
                await progress.WriteLineAsync($"  {round}: killed at {step} at {DateTime.UtcNow:HH:mm:ss}: {failure.Message}");
                FaultReport.Write(supervisor.Standstills, progress);
                foreach (var process in granero.Silos.Append(granero.Gateway))
                    await progress.WriteLineAsync($"{process.Name}:\n{string.Join('\n', process.Log.Split('\n').TakeLast(60))}");
                throw;
            }

            if (round % 10 == 0)
                await progress.WriteLineAsync($"  {round} draws, killed at {string.Join(", ", _kills.Select(kill => $"{kill.Key} {kill.Value}"))}");
        }

        FaultReport.Write(_calls, progress);
        FaultReport.Write(supervisor.Standstills, progress);
        return await CheckAsync(granero, rounds, cancellationToken);
    }

    private async Task PlayAsync(GraneroProcesses granero, Supervisor supervisor, NpgsqlConnection gate, int round, string step, CancellationToken cancellationToken)
    {
        var agencies = Enumerable.Range(1, Agencies).Select(agency => new AgencyBets(agency, BetsOf(agency, round))).ToArray();
        var clients = agencies.Select(agency => new TlvClient(granero.Server, agency)).ToArray();
        await Task.WhenAll(clients.Select(client => UntilDoneAsync("bets", () => client.SendBetsAsync(cancellationToken))));
        await supervisor.BecomeReadyAsync(cancellationToken);
        await ExecuteAsync(gate, $"update gate set step = '{step}'; select pg_advisory_lock(6006)");
        var drawing = Task.WhenAll(clients.Select(client => FinishAsync(client, cancellationToken)));
        await KillAtGateAsync(granero, supervisor, gate, drawing, step, cancellationToken);
        var told = await drawing;
        _wrong += told.Zip(agencies).Count(pair => !pair.First.SequenceEqual(pair.Second.Winners()));
    }

    private LotteryBet[] BetsOf(int agency, int round)
    {
        var bets = RoundBets.Make(options.Seed, agency, round, BetsInRound);
        bets[^1] = bets[^1] with { Number = LotteryDataSet.WinningNumber }; // a draw without winners does not pass that step
        return bets;
    }

    private async Task<string[]> FinishAsync(TlvClient client, CancellationToken cancellationToken)
    {
        await UntilDoneAsync("ready", () => client.DeclareReadyAsync(cancellationToken));
        string[] winners = [];
        await UntilDoneAsync("winners", async () => winners = await client.WaitForWinnersAsync(cancellationToken));
        return winners;
    }

    /// <summary>An agency that got no answer asks again: Granero holds its clients for 30 s and no longer.</summary>
    private Task UntilDoneAsync(string request, Func<Task> attempt) => _calls.UntilDoneAsync(request, new Servers(1), _ => attempt());

    private async Task KillAtGateAsync(
        GraneroProcesses granero, Supervisor supervisor, NpgsqlConnection gate, Task drawing, string step, CancellationToken cancellationToken)
    {
        string[] waiting = [];
        // A draw may be forgotten after its winners were told, and a reminder of the last one may still be there.
        while (waiting.Length == 0 && (step == "forget" || !drawing.IsCompleted))
        {
            await Task.Delay(LookEvery, cancellationToken); // between two looks at the database, which tells nobody who waits
            waiting = [.. (await granero.QueryAsync<string>(WhoWaits, cancellationToken)).Distinct()];
        }

        await supervisor.KillAsync([.. granero.Silos.Where(silo => waiting.Any(session => session.EndsWith(silo.Name, StringComparison.Ordinal)))]);
        _kills[step] = _kills.GetValueOrDefault(step) + waiting.Length;
        await ExecuteAsync(gate, "update gate set step = ''; select pg_advisory_unlock(6006)");
    }

    private async Task<IReadOnlyList<Figure>> CheckAsync(GraneroProcesses granero, int rounds, CancellationToken cancellationToken)
    {
        var held = (await granero.QueryAsync<int>("select draw from held", cancellationToken)).CountBy(draw => draw).ToDictionary();
        var stored = await granero.QueryAsync<string>("select concat_ws('/', draw, agency, document) from winners", cancellationToken);
        var recount =
            from round in Enumerable.Range(1, rounds)
            from agency in Enumerable.Range(1, Agencies)
            from document in new AgencyBets(agency, BetsOf(agency, round)).Winners()
            select string.Create(CultureInfo.InvariantCulture, $"{round}/{agency}/{document}");
        return
        [
            new(Name, "kills", $"{rounds}", $"{_kills.Values.Sum()}", _kills.Values.Sum() >= rounds),
            Figure.Zero(Name, "draws held twice", held.Values.Count(times => times > 1)),
            Figure.Zero(Name, "draws never held", Enumerable.Range(1, rounds).Count(draw => !held.ContainsKey(draw))),
            Figure.Zero(Name, "winners that an independent recount does not have, or has and they are not", Difference([.. recount], stored)),
            Figure.Zero(Name, "agencies told other winners", _wrong),
        ];
    }

    private static int Difference(List<string> recount, List<string> stored) =>
        recount.Except(stored).Count() + stored.Except(recount).Count() + Math.Abs(recount.Count - stored.Count);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
