namespace Granero.Schema;

/// <summary>
/// The process cannot start, and whoever runs it can change that. The message is one sentence for the console: what is wrong, and
/// the fix. It never holds a password. The process ends with exit code 1 and prints the sentence alone.
/// </summary>
/// <param name="sentence">What is wrong and what to do.</param>
/// <param name="cause">What was caught, for a debugger; null when it could hold a secret or when nothing was caught.</param>
public sealed class StartupException(string sentence, Exception? cause = null) : Exception(sentence, cause);
