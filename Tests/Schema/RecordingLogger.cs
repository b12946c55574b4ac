using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Granero.Tests.Schema;

/// <summary>Keeps what is logged, and tells a test that waits when the first line has come.</summary>
internal sealed class RecordingLogger : ILogger
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<(LogLevel Level, string Message)> _lines = new();

    public Task FirstLine => _first.Task;

    public IReadOnlyCollection<(LogLevel Level, string Message)> Lines => _lines;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _lines.Enqueue((logLevel, formatter(state, exception)));
        _first.TrySetResult();
    }
}
