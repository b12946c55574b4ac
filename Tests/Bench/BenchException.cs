namespace Granero.Bench;

/// <summary>The measurement cannot go on, or would be worth nothing: one sentence for the terminal, exit code 1.</summary>
internal sealed class BenchException(string sentence, Exception? cause = null) : Exception(sentence, cause);
