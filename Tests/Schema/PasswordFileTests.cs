using Granero.Schema;
using Microsoft.Extensions.Configuration;
using Npgsql;
using Xunit;

namespace Granero.Tests.Schema;

/// <summary>Both readings of <c>Postgres:PasswordFile</c>: the silo's and the gateways'.</summary>
public sealed class PasswordFileTests : IDisposable
{
    private const string Password = "pa;ss=\"wörd'";
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void The_first_line_is_the_password_whatever_is_in_it()
    {
        File.WriteAllText(_file, $"{Password}\n");
        var (silo, gateway) = (Configuration(), Configuration());

        PasswordFile.Apply(silo);

        Assert.Null(Granero.Gateways.Hosting.PasswordFile.Apply(gateway));
        Assert.All([silo, gateway], configuration =>
            Assert.Equal(Password, new NpgsqlConnectionStringBuilder(configuration.GetConnectionString("granero")).Password));
    }

    [Fact]
    public void An_empty_file_is_named()
    {
        Assert.Contains(_file, Assert.Throws<StartupException>(() => PasswordFile.Apply(Configuration())).Message, StringComparison.Ordinal);
        Assert.Contains(_file, Granero.Gateways.Hosting.PasswordFile.Apply(Configuration()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        File.Delete(_file);

        Assert.Contains(_file, Assert.Throws<StartupException>(() => PasswordFile.Apply(Configuration())).Message, StringComparison.Ordinal);
        Assert.Contains(_file, Granero.Gateways.Hosting.PasswordFile.Apply(Configuration()), StringComparison.Ordinal);
    }

    private IConfigurationRoot Configuration() => new ConfigurationBuilder().AddInMemoryCollection(
    [
        new("ConnectionStrings:granero", "Host=postgres;Username=granero;Database=granero"),
        new("Postgres:PasswordFile", _file),
    ]).Build();
}
