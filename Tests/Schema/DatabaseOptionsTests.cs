using Granero.Schema;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Granero.Tests.Schema;

public sealed class DatabaseOptionsTests
{
    [Fact]
    public void Without_settings_it_waits_a_minute_and_allows_nothing()
    {
        var options = Read();

        Assert.Equal(TimeSpan.FromSeconds(60), options.ConnectTimeout);
        Assert.False(options.AllowUnsafeDurability);
    }

    [Fact]
    public void Settings_are_read()
    {
        var options = Read(("Postgres:ConnectTimeout", "00:00:01.5"), ("Postgres:AllowUnsafeDurability", "True"));

        Assert.Equal(TimeSpan.FromSeconds(1.5), options.ConnectTimeout);
        Assert.True(options.AllowUnsafeDurability);
    }

    [Theory]
    [InlineData("Postgres:ConnectTimeout", "soon")]
    [InlineData("Postgres:ConnectTimeout", "")]
    [InlineData("Postgres:ConnectTimeout", "00:00:00")]
    [InlineData("Postgres:ConnectTimeout", "-00:00:01")]
    [InlineData("Postgres:ConnectTimeout", "60")]
    [InlineData("Postgres:AllowUnsafeDurability", "yes")]
    public void A_setting_that_makes_no_sense_is_named_with_its_value(string key, string value)
    {
        var refusal = Assert.Throws<StartupException>(() => Read((key, value)));

        Assert.StartsWith($"{key} is '{value}': write ", refusal.Message, StringComparison.Ordinal);
    }

    private static DatabaseOptions Read(params (string Key, string Value)[] settings) =>
        DatabaseOptions.Read(new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build());
}
