namespace Granero.Tests.Faults;

/// <summary><c>./test faults</c>.</summary>
internal static class FaultsProgram
{
    /// <returns>0 when everything held, 1 when something did not, 2 for a command line that makes no sense.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        using var interrupted = new CancellationTokenSource();
        using var terminated = System.Runtime.InteropServices.PosixSignalRegistration.Create(
            System.Runtime.InteropServices.PosixSignal.SIGTERM, signal => { signal.Cancel = true; interrupted.Cancel(); });
        try
        {
            if (arguments.Contains("--help"))
            {
                Console.WriteLine(FaultOptions.Usage);
                return 0;
            }

            var options = FaultOptions.Parse(arguments);
            var holds = options.Measure.Count > 0
                ? await new FaultTable(options, Console.Out).RunAsync(interrupted.Token)
                : await new FaultRun(options, Console.Out).RunAsync(interrupted.Token);
            return holds ? 0 : 1;
        }
        catch (FormatException mistake)
        {
            await Console.Error.WriteLineAsync(mistake.Message);
            return 2;
        }
    }
}
