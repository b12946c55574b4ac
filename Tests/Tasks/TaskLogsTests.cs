using System.Diagnostics;
using Granero.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Granero.Tests.Tasks;

/// <summary>What containers leave in their folders, however odd it is, is gathered and costs nobody anything.</summary>
public sealed class TaskLogsTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("granero-logs-");
    private readonly TaskLogs _logs;

    public TaskLogsTests() =>
        _logs = new(Options.Create(new TasksOptions { LogsFolder = _root.FullName, MaxLogBytes = 1000 }), TimeProvider.System, NullLogger<TaskLogs>.Instance);

    public void Dispose() => Shell($"rm -rf {_root.FullName}"); // which goes deeper than a path may be long

    [Fact]
    public void A_folder_deeper_than_paths_may_be_is_too_full_and_no_fault()
    {
        var folder = _logs.NewFolder("deep")!;
        Shell($"exec 2>/dev/null; cd {folder}; d=$(printf %0250d 0); for i in $(seq 20); do mkdir $d; cd $d; done; echo > file");

        Assert.True(_logs.IsTooFull(folder));
        _logs.Collect(folder);
    }

    [Fact]
    public void Files_that_come_and_go_are_no_fault()
    {
        var folder = _logs.NewFolder("churn")!;
        using var churn = Process.Start("sh", ["-c", $"cd {folder}; while :; do for i in 1 2 3 4 5 6 7 8 9; do : > $i; done; rm ?; mkdir -p d/e; rm -r d; done 2>/dev/null"]);

        for (var i = 0; i < 3000; i++)
            Assert.False(_logs.IsTooFull(folder));

        churn.Kill();
        churn.WaitForExit();
    }

    [Fact]
    public void A_folder_that_is_gone_is_no_fault()
    {
        var folder = Path.Combine(_root.FullName, "gone");

        Assert.False(_logs.IsTooFull(folder));
        _logs.Collect(folder);
    }

    [Fact]
    public void Too_much_is_too_much()
    {
        var folder = _logs.NewFolder("full")!;
        File.WriteAllBytes(Path.Combine(folder, "file"), new byte[1001]);

        Assert.True(_logs.IsTooFull(folder));
    }

    [Fact]
    public void Every_containers_lines_begin_on_a_line_of_their_own()
    {
        foreach (var (name, text) in new[] { ("first", "{\"n\":1}"), ("second", "{\"n\":2}\n"), ("third", "{\"n\":3}") })
        {
            var folder = _logs.NewFolder(name)!;
            File.WriteAllText(Path.Combine(folder, "task_service.log.json"), text);
            _logs.Collect(folder);
        }

        Assert.Equal("{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n", File.ReadAllText(Path.Combine(_root.FullName, "task_service.log.json")));
    }

    private static void Shell(string script)
    {
        using var shell = Process.Start("sh", ["-c", script]);
        shell.WaitForExit();
    }
}
