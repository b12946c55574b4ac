using System.Globalization;
using Granero.TaskService;
using Xunit;

namespace Granero.Tests.Tasks;

/// <summary>Numbers of the task service as its clients know them from Python.</summary>
public sealed class TaskServiceNumberTests
{
    /// <summary>What is read, and what Python 3's <c>repr(float(…))</c> says of it.</summary>
    private const string Known = """
        1e-30=1e-30 1e-29=1e-29 1e-28=1e-28 1e-27=1e-27 1e-26=1e-26 1e-25=1e-25 1e-24=1e-24 1e-23=1e-23 1e-22=1e-22 1e-21=1e-21
        1e-20=1e-20 1e-19=1e-19 1e-18=1e-18 1e-17=1e-17 1e-16=1e-16 1e-15=1e-15 1e-14=1e-14 1e-13=1e-13 1e-12=1e-12 1e-11=1e-11
        1e-10=1e-10 1e-9=1e-09 1e-8=1e-08 1e-7=1e-07 1e-6=1e-06 1e-5=1e-05 1e-4=0.0001 1e-3=0.001 1e-2=0.01 1e-1=0.1 1e0=1.0
        1e1=10.0 1e2=100.0 1e3=1000.0 1e4=10000.0 1e5=100000.0 1e6=1000000.0 1e7=10000000.0 1e8=100000000.0 1e9=1000000000.0
        1e10=10000000000.0 1e11=100000000000.0 1e12=1000000000000.0 1e13=10000000000000.0 1e14=100000000000000.0
        1e15=1000000000000000.0 1e16=1e+16 1e17=1e+17 1e18=1e+18 1e19=1e+19 1e20=1e+20 1e21=1e+21 1e22=1e+22 1e23=1e+23
        1e24=1e+24 1e25=1e+25 1e26=1e+26 1e27=1e+27 1e28=1e+28 1e29=1e+29 1e30=1e+30 5e-324=5e-324
        2.2250738585072014e-308=2.2250738585072014e-308 1.7976931348623157e308=1.7976931348623157e+308
        9.999999999999999e22=1e+23 1e22=1e+22 123456789012345680.0=1.2345678901234568e+17 9007199254740993.0=9007199254740992.0
        0.1=0.1 0.0001=0.0001 0.00001=1e-05 0.00012345=0.00012345 123456.789=123456.789 -0.0=-0.0 -1e-7=-1e-07 -2.5e17=-2.5e+17
        9999999999999998.0=9999999999999998.0 1e16=1e+16 4.35=4.35 2.675=2.675 1.1e-5=1.1e-05 100.0=100.0
        0.30000000000000004=0.30000000000000004 1.5e300=1.5e+300
        """;

    [Fact]
    public void A_float_is_written_as_Python_writes_it()
    {
        var pairs = Known.Split(['\n', ' '], StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToArray();

        Assert.Equal(
            pairs.Select(pair => $"{pair[0]}={pair[1]}"),
            pairs.Select(pair => $"{pair[0]}={new Number(double.Parse(pair[0], CultureInfo.InvariantCulture))}"));
    }
}
