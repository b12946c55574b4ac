using System.Text.Json;

namespace Granero.Tasks;

/// <summary>How states and kinds of errors are written in rows: <c>timed_out</c>.</summary>
internal static class RemoteTaskTexts
{
    private static readonly Dictionary<RemoteTaskState, string> States = Texts<RemoteTaskState>();
    private static readonly Dictionary<RemoteTaskErrorKind, string> Kinds = Texts<RemoteTaskErrorKind>();

    public static string Text(this RemoteTaskState state) => States[state];

    public static string Text(this RemoteTaskErrorKind kind) => Kinds[kind];

    public static RemoteTaskState State(string text) => States.Single(state => state.Value == text).Key;

    public static RemoteTaskErrorKind ErrorKind(string text) => Kinds.Single(kind => kind.Value == text).Key;

    private static Dictionary<T, string> Texts<T>()
        where T : struct, Enum => Enum.GetValues<T>().ToDictionary(value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));
}
