using System.Diagnostics;
using System.Reflection;

namespace Granero.Tests.Support.Tasks;

/// <summary>Images of the program Tests/BadService: this machine's .NET runtime and libraries, <c>FROM scratch</c>.</summary>
internal sealed record BadServiceImages(string Ready, string Unready, string Exiting, string Filling)
{
    private const string Program = "Granero.BadService";

    /// <remarks>The runtime's double mapping of code needs a file of gigabytes, if only a sparse one.</remarks>
    private const string Dockerfile = $"""
        FROM scratch
        COPY files /
        ENV DOTNET_EnableWriteXorExecute=0 DOTNET_EnableDiagnostics=0 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_TieredPGO=0
        ENTRYPOINT ["/dotnet/dotnet", "/app/{Program}.dll"]
        """;

    public static async Task<BadServiceImages> BuildAsync(DockerEngine engine)
    {
        var ready = await engine.BuildAsync("bad", Dockerfile, Files());
        return new(ready, await Mode("unready"), await Mode("exit"), await Mode("fill"));

        Task<string> Mode(string argument) => engine.BuildAsync($"bad-{argument}", $"FROM {ready}\nCMD [\"{argument}\"]\n");
    }

    private static IEnumerable<(string Path, string Source)> Files()
    {
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var root = Path.GetFullPath(Path.Combine(runtime, "../../.."));
        var host = Directory.GetDirectories(Path.Combine(root, "host/fxr")).Single(folder => Path.GetFileName(folder) == Path.GetFileName(runtime));
        string[] ours = [Path.Combine(root, "dotnet"), .. Directory.GetFiles(host), .. Directory.GetFiles(runtime).Where(IsNeeded)];
        var libraries = ours.Where(file => !file.EndsWith(".dll", StringComparison.Ordinal) && !file.EndsWith(".json", StringComparison.Ordinal))
            .SelectMany(LibrariesOf).Distinct(StringComparer.Ordinal).Where(library => !library.StartsWith(root, StringComparison.Ordinal));
        return
        [
            .. ours.Select(file => ("/dotnet/" + Path.GetRelativePath(root, file), file)),
            .. libraries.Select(library => (library, library)),
            .. Directory.GetFiles(ProgramFolder()).Where(file => !file.EndsWith(".pdb", StringComparison.Ordinal)).Select(file => ("/app/" + Path.GetFileName(file), file)),
        ];
    }

    /// <summary>Without what debuggers and tracers need, which is large and asks for more libraries.</summary>
    private static bool IsNeeded(string file) =>
        !Path.GetFileName(file).StartsWith("libmscordb", StringComparison.Ordinal) && !Path.GetFileName(file).StartsWith("libmscordac", StringComparison.Ordinal)
        && !Path.GetFileName(file).Contains("traceptprovider", StringComparison.Ordinal) && !Path.GetFileName(file).Contains("createdump", StringComparison.Ordinal);

    private static string[] LibrariesOf(string program)
    {
        using var ldd = Process.Start(new ProcessStartInfo("ldd", [program]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var lines = ldd.StandardOutput.ReadToEnd().Split('\n');
        ldd.WaitForExit();
        return [.. lines.SelectMany(line => line.Split(' ', '\t')).Where(word => word.StartsWith('/') && File.Exists(word))];
    }

    private static string ProgramFolder()
    {
        var tests = Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!;
        return Path.GetFullPath(Path.Combine(tests, "../../../BadService", Path.GetRelativePath(Path.Combine(tests, "../../.."), tests)));
    }
}
