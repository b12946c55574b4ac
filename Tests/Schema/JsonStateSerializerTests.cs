using System.Text.Json;
using Granero.Schema;
using Xunit;

namespace Granero.Tests.Schema;

public sealed class JsonStateSerializerTests
{
    private readonly JsonStateSerializer _serializer = new();

    private sealed record Before(int Draw, string[] Documents, Held? Held, DateTimeOffset At);

    private sealed record Held(int Number, TimeSpan After);

    // The same shape after a year of work: other names, one member more, one less.
    private sealed record After(int Draw, IReadOnlyList<string> Documents, Outcome? Held, int Agencies = 5);

    private sealed record Outcome(int Number, TimeSpan After);

    private static readonly Before Sample = new(3, ["30904465", "ñandú 😀"], new(7574, TimeSpan.FromSeconds(2)), DateTimeOffset.UnixEpoch);

    [Fact]
    public void What_was_written_is_read_back()
    {
        var read = _serializer.Deserialize<Before>(_serializer.Serialize(Sample));

        Assert.Equivalent(Sample, read, strict: true);
    }

    [Fact]
    public void State_outlives_its_type()
    {
        var read = _serializer.Deserialize<After>(_serializer.Serialize(Sample));

        Assert.Equal(3, read.Draw);
        Assert.Equal(Sample.Documents, read.Documents);
        Assert.Equal(new Outcome(7574, TimeSpan.FromSeconds(2)), read.Held);
        Assert.Equal(5, read.Agencies);
    }

    [Fact]
    public void No_type_name_is_written()
    {
        var text = _serializer.Serialize<object>(Sample).ToString();

        Assert.DoesNotContain("Before", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Granero", text, StringComparison.Ordinal);
        Assert.DoesNotContain("$", text, StringComparison.Ordinal);
        Assert.StartsWith("""{"Draw":3,"Documents":["30904465","ñandú """, text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_this_shape_is_an_error() =>
        Assert.Throws<JsonException>(() => _serializer.Deserialize<Before>(new BinaryData("""{"Draw":"three"}""")));
}
