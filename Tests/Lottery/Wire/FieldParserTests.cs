using System.Globalization;
using System.Text;
using Granero.Gateways.Tcp.Wire;
using Xunit;

namespace Granero.Tests.Lottery.Wire;

public sealed class FieldParserTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0000000007", 7)]
    [InlineData("2147483647", int.MaxValue)]
    public void Integers_are_digits(string text, int expected)
    {
        Assert.True(FieldParser.TryParseInteger(Encoding.UTF8.GetBytes(text), out var value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-0")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1e3")]
    [InlineData("٣")]
    [InlineData("2147483648")]
    [InlineData("9999999999")]
    [InlineData("00000000007")]
    public void Nothing_else_is_an_integer(string text) =>
        Assert.False(FieldParser.TryParseInteger(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Every_day_of_the_calendar_is_a_date()
    {
        for (var day = DateOnly.MinValue; day < DateOnly.MaxValue; day = day.AddDays(1))
        {
            Assert.True(FieldParser.TryParseDate(Encoding.ASCII.GetBytes(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), out var date));
            Assert.Equal(day, date);
        }
    }

    [Fact]
    public void What_is_a_date_is_what_the_calendar_says()
    {
        var random = new Random(31);
        for (var round = 0; round < 100_000; round++)
        {
            var text = $"{random.Next(0, 3000):0000}-{random.Next(0, 14):00}-{random.Next(0, 33):00}";
            var expected = DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
            Assert.Equal(expected, FieldParser.TryParseDate(Encoding.ASCII.GetBytes(text), out _));
        }
    }
}
