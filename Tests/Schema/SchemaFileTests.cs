using Granero.Schema;
using Xunit;

namespace Granero.Tests.Schema;

public sealed class SchemaFileTests
{
    [Fact]
    public void The_files_in_the_assembly_are_numbered_from_1_without_gaps()
    {
        var files = SchemaFile.ReadEmbedded();

        Assert.Equal("0001-orleans.sql", files[0].FileName);
        Assert.Equal(Enumerable.Range(1, files.Count), files.Select(file => file.Version));
    }

    [Theory]
    [InlineData("1-orleans.sql")]
    [InlineData("0001_orleans.sql")]
    [InlineData("0001-Orleans.sql")]
    [InlineData("0001-.sql")]
    [InlineData("0001-orleans.sql.bak")]
    public void A_misnamed_file_is_a_mistake_of_ours(string fileName) =>
        Assert.Throws<InvalidOperationException>(() => SchemaFile.Parse(fileName, "select 1"));

    [Fact]
    public void A_checksum_depends_on_the_text_alone()
    {
        var file = SchemaFile.Parse("0002-lottery.sql", "select 1");

        Assert.Equal(file.Checksum, SchemaFile.Parse("0003-renamed.sql", "select 1").Checksum);
        Assert.NotEqual(file.Checksum, SchemaFile.Parse("0002-lottery.sql", "select 1 ").Checksum);
    }
}
