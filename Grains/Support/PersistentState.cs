namespace Granero.Support;

/// <summary>Writing a grain's record so that its memory is never ahead of the database.</summary>
internal static class PersistentState
{
    /// <summary>Writes <paramref name="next"/>; memory has it only once it is stored, and keeps what it had if that fails.</summary>
    public static async Task WriteOrKeep<T>(this IPersistentState<T> state, T next, CancellationToken cancellationToken)
    {
        var before = state.State;
        state.State = next;
        try
        {
            await state.WriteStateAsync(cancellationToken);
        }
        catch
        {
            state.State = before;
            throw;
        }
    }
}
