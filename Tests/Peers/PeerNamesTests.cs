using Granero.Peers;
using Xunit;

namespace Granero.Tests.Peers;

public sealed class PeerNamesTests
{
    [Theory]
    [InlineData("a.txt")]
    [InlineData("folder/año nuevo 1.txt")]
    [InlineData(".hidden")]
    [InlineData("a..b")]
    [InlineData("...")]
    [InlineData("12:30.log")]
    [InlineData("🎵.mp3")]
    [InlineData("\ufffd")]
    public void Names_of_files_that_are_taken(string name) => Assert.Null(PeerNames.FaultOfFile(name));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../a")]
    [InlineData("a/..")]
    [InlineData("a/./b")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("/a")]
    [InlineData("a\\b")]
    [InlineData("C:a")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a\u0085b")]
    [InlineData("a\u007fb")]
    public void Names_of_files_that_are_refused(string name) => Assert.EndsWith(".", PeerNames.FaultOfFile(name), StringComparison.Ordinal);

    [Fact]
    public void Half_a_surrogate_pair_is_no_text()
    {
        Assert.NotNull(PeerNames.FaultOfFile("a\ud800"));
        Assert.NotNull(PeerNames.FaultOfFile("\udc00a"));
        Assert.NotNull(PeerNames.FaultOfFile("\ufffd\ud800")); // also beside the character that stands for it
    }

    [Fact]
    public void A_name_has_255_characters_at_most()
    {
        Assert.Null(PeerNames.FaultOfFile(new string('x', 255)));
        Assert.NotNull(PeerNames.FaultOfFile(new string('x', 256)));
        Assert.NotNull(PeerNames.FaultOfPeer(new string('x', 256)));
    }

    [Theory]
    [InlineData("ana", true)]
    [InlineData("Ana María", true)]
    [InlineData("a.b", true)]
    [InlineData("", false)]
    [InlineData("..", false)]
    [InlineData(".", false)]
    [InlineData("a/b", false)]
    [InlineData("a\0", false)]
    [InlineData(" ", false)]
    [InlineData("\u00a0\u2003", false)]
    [InlineData("\u3000", false)]
    [InlineData("C:\\x", false)]
    [InlineData("C:x", false)]
    [InlineData("a\\b", false)]
    public void Names_of_peers(string name, bool isTaken) => Assert.Equal(isTaken, PeerNames.FaultOfPeer(name) is null);

    [Fact]
    public void File_names_spread_over_all_slices()
    {
        var sizes = new int[SharedFiles.Slices];
        for (var i = 0; i < 100_000; i++)
            sizes[SharedFiles.SliceOf($"song-{i:D6}.mp3")]++;

        Assert.InRange(sizes.Min(), 40, 97);
        Assert.InRange(sizes.Max(), 98, 200);
    }

    [Fact]
    public void The_slice_of_a_name_never_changes_since_rows_are_stored_with_it()
    {
        Assert.Equal(105, SharedFiles.SliceOf("a.txt"));
        Assert.Equal(972, SharedFiles.SliceOf("canción.mp3"));
    }
}
