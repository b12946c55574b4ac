namespace Granero.Schema;

/// <summary>The section <c>Postgres</c> of the configuration: how a silo treats its database when it starts.</summary>
public sealed class DatabaseOptions
{
    /// <summary>The longest <see cref="ConnectTimeout"/> that is taken for what was meant.</summary>
    public static readonly TimeSpan LongestConnectTimeout = TimeSpan.FromHours(1);

    /// <summary>How long to go on trying while Postgres cannot be reached. Above 0, one hour at the most.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Serve although the server's settings mean that an acknowledged row can be lost in a crash.</summary>
    public bool AllowUnsafeDurability { get; init; }

    /// <summary>Reads and validates the section <c>Postgres</c>.</summary>
    /// <exception cref="StartupException">A value cannot be read or is out of bounds.</exception>
    public static DatabaseOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("Postgres");
        return new()
        {
            ConnectTimeout = ReadConnectTimeout(section),
            AllowUnsafeDurability = ReadAllowUnsafeDurability(section),
        };
    }

    private static TimeSpan ReadConnectTimeout(IConfigurationSection section)
    {
        if (section[nameof(ConnectTimeout)] is not { } text) return new DatabaseOptions().ConnectTimeout;

        // A bare 60 would be 60 days to TimeSpan: hence the upper bound and the form in the sentence.
        if (TimeSpan.TryParse(text, out var value) && value > TimeSpan.Zero && value <= LongestConnectTimeout) return value;
        throw new StartupException(
            $"Postgres:ConnectTimeout is '{text}': write it as hours:minutes:seconds, above 00:00:00 and at most 01:00:00, for instance 00:01:00.");
    }

    private static bool ReadAllowUnsafeDurability(IConfigurationSection section)
    {
        if (section[nameof(AllowUnsafeDurability)] is not { } text) return false;
        if (bool.TryParse(text, out var value)) return value;
        throw new StartupException($"Postgres:AllowUnsafeDurability is '{text}': write true or false.");
    }
}
