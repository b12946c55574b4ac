using System.Diagnostics;
using System.Globalization;
using Granero.Tests.Faults.Load;

namespace Granero.Tests.Faults;

/// <summary>What a run says of itself.</summary>
internal static class FaultReport
{
    private const int MostComplaints = 12;

    public static void Write(IReadOnlyList<PlannedFault> plan, TextWriter output)
    {
        foreach (var fault in plan)
            output.WriteLine(Text($"  {fault.At.TotalSeconds,7:0.0} s  {fault.Kind,-15} target {fault.Target,3}  for {fault.Lasts.TotalSeconds:0.0} s"));
    }

    public static string Line(InjectedFault fault, long began) => fault.Skipped.Length > 0
        ? Text($"  {Seconds(began, fault.Began),7:0.0} s  {fault.Planned.Kind,-15} SKIPPED: {fault.Skipped}")
        : Text($"  {Seconds(began, fault.Began),7:0.0} s  {fault.Planned.Kind,-15} {fault.Target}, for {fault.Planned.Lasts.TotalSeconds:0.0} s");

    /// <summary>For each kind how long after it, or after its end if it lasts, a call was still failing or stalled.</summary>
    public static void Write(IReadOnlyList<InjectedFault> faults, CallLog calls, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("fault            times  last failed or stalled call after it: median  worst, and whose");
        foreach (var kind in faults.Where(fault => fault.Skipped.Length == 0).GroupBy(fault => fault.Planned.Kind))
        {
            var after = kind.Select(fault => (fault, until: NextAfter(fault, faults))).OrderBy(pair => Aftermath(pair.fault, pair.until, calls)).ToArray();
            output.WriteLine(Text(
                $"{kind.Key,-15} {after.Length,6}  {SecondsAfter(after[after.Length / 2]),42:0.0} s {SecondsAfter(after[^1]),5:0.0} s, {LastHurt(after[^1].fault, after[^1].until, calls)}"));
        }

        double SecondsAfter((InjectedFault Fault, long Until) pair) => Aftermath(pair.Fault, pair.Until, calls).TotalSeconds;
    }

    public static void Write(CallLog calls, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("calls of            done   moved     cut  refused  no room  stalled");
        foreach (var domain in calls.Calls.GroupBy(call => call.Domain).OrderBy(domain => domain.Key, StringComparer.Ordinal))
        {
            output.WriteLine(Text(
                $"{domain.Key,-18} {Count(domain, Outcome.Done),6} {Count(domain, Outcome.Moved),7} {Count(domain, Outcome.Cut),7} {Count(domain, Outcome.Refused),8} {Count(domain, Outcome.NoRoom),8} {domain.Count(call => call is { Outcome: Outcome.Done, FailedOrStalled: true }),8}"));
        }

        foreach (var complaint in calls.Complaints.Take(MostComplaints))
            output.WriteLine($"  {complaint}");
    }

    public static void Write(IEnumerable<(DateTime Until, TimeSpan Lasted)> standstills, TextWriter output)
    {
        foreach (var (until, lasted) in standstills)
            output.WriteLine(Text($"*** THE MACHINE STOOD STILL FOR {lasted.TotalSeconds:0} s, until {until:HH:mm:ss}: what took long then says nothing of Granero ***"));
    }

    public static void Write(IReadOnlyList<(string Domain, BookLine Line)> books, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("books                                               told    found  lost  wrong");
        foreach (var (domain, line) in books)
            output.WriteLine(Text($"{domain,-8} {line.What,-38} {line.Expected,9} {line.Found,8} {line.Lost,5} {line.Wrong,6}{(line.Balances ? "" : "  !!!")}"));
    }

    /// <summary>From a fault's end to the end of the last call that it made fail or stall; zero if it hurt nobody for longer than it lasted.</summary>
    public static TimeSpan Aftermath(InjectedFault fault, long until, CallLog calls) =>
        FindLastHurt(fault, until, calls) is { } last && last.Ended > fault.Over ? Stopwatch.GetElapsedTime(fault.Over, last.Ended) : TimeSpan.Zero;

    /// <summary>Which call a fault hurt for longest, for people.</summary>
    public static string LastHurt(InjectedFault fault, long until, CallLog calls) => FindLastHurt(fault, until, calls) is { } last
        ? Text($"{last.Domain}, {last.Outcome} after {Seconds(last.Began, last.Ended):0.0} s")
        : "none";

    /// <summary>When the next fault began, to which later trouble belongs.</summary>
    public static long NextAfter(InjectedFault fault, IReadOnlyList<InjectedFault> faults) =>
        faults.Where(other => other.Began > fault.Began).Select(other => other.Began).DefaultIfEmpty(long.MaxValue).Min();

    private static Call? FindLastHurt(InjectedFault fault, long until, CallLog calls) => calls.Calls
        .Where(call => call.FailedOrStalled && call.Ended > fault.Began && !call.WasStalledAt(fault.Began) && (call.Ended < until || call.WasStalledAt(until)))
        .MaxBy(call => call.Ended);

    private static int Count(IEnumerable<Call> calls, Outcome outcome) => calls.Count(call => call.Outcome == outcome);

    private static double Seconds(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalSeconds;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
