using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using Granero.Gateways.Tcp.Lottery;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Granero.Tests.Telemetry;

/// <summary>What holds for every kind of line in the logs, of all processes.</summary>
public sealed partial class LogEventsTests
{
    private const int RangeLength = 1000;
    private const int FirstOfNoDomain = 9000;

    /// <summary>The one line above debug that names a document: existing tests of agencies read it. Source: protocols.md, section 1.</summary>
    private const string BetAlone = $"{nameof(AgencyClient)}.LogBetStored";

    /// <summary>CONTRIBUTING.md, Rules, says the same.</summary>
    private static readonly Dictionary<string, int> FirstOfDomain = new()
    {
        ["Lottery"] = 1000, ["Peers"] = 2000, ["Tasks"] = 3000, ["Videos"] = 4000, ["Accounts"] = 5000, ["Operators"] = 6000,
    };

    private static readonly Type[] Harmless =
        [typeof(string), typeof(int), typeof(long), typeof(double), typeof(Guid), typeof(TimeSpan), typeof(IPEndPoint), typeof(Exception), typeof(ILogger)];

    [Fact]
    public void Each_kind_has_an_event_id_of_its_own_within_the_range_of_its_domain()
    {
        var events = All();
        Assert.True(events.Length >= 61, $"{events.Length} kinds of lines: were all assemblies looked at?");
        Assert.Empty(events.GroupBy(line => line.Id).Where(same => same.Count() > 1).Select(same => $"{same.Key}: {string.Join(", ", same.Select(line => line.Name))}"));
        Assert.All(events, line => Assert.True(
            line.Id > FirstOf(line.Method) && line.Id < FirstOf(line.Method) + RangeLength, $"{line.Name} has {line.Id}, and its domain begins with {FirstOf(line.Method) + 1}"));
    }

    [Fact]
    public void Nothing_above_debug_tells_a_document_a_name_a_password_or_a_token()
    {
        var telling = All().Where(line => line.Level > LogLevel.Debug && Personal().IsMatch(line.Template)).Select(line => line.Name);
        Assert.Equal([BetAlone], telling);
    }

    [Fact]
    public void Nothing_is_logged_as_a_whole_that_may_have_a_secret_inside()
    {
        var whole = from line in All()
                    from parameter in line.Method.GetParameters()
                    where !parameter.ParameterType.IsEnum && !Harmless.Contains(parameter.ParameterType)
                    select $"{line.Name}: {parameter.ParameterType}";
        Assert.Empty(whole);
    }

    private static LogEvent[] All()
    {
        string[] assemblies =
            ["Granero.Silo", "Granero.Grains", "Granero.Grains.Interfaces", "Granero.Gateways.Hosting", "Granero.Gateways.Tcp", "Granero.Gateways.Rest", "Granero.Gateways.Grpc"];
        return
        [
            .. from assembly in assemblies
               from type in Assembly.Load(assembly).GetTypes()
               from method in type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
               let attribute = method.GetCustomAttribute<LoggerMessageAttribute>()
               where attribute is not null
               select new LogEvent(method, attribute.EventId, attribute.Level, attribute.Message),
        ];
    }

    private static int FirstOf(MethodInfo method) => method.DeclaringType!.Namespace!.Split('.').Select(word => FirstOfDomain.GetValueOrDefault(word)).Max() is var first and > 0
        ? first
        : FirstOfNoDomain;

    [GeneratedRegex(@"\{[^}]*(document|dni|first|last|surname|nombre|apellido|username|birth|mail|password|contrase|token|secret|credential|hash)[^}]*\}|dni:", RegexOptions.IgnoreCase)]
    private static partial Regex Personal();

    private sealed record LogEvent(MethodInfo Method, int Id, LogLevel Level, string Template)
    {
        public string Name => $"{Method.DeclaringType!.Name}.{Method.Name}";
    }
}
