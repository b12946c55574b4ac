using System.Net;
using System.Reflection;
using Granero.Support;
using Xunit;

namespace Granero.Tests.Peers;

public sealed class SiloDeparturesTests
{
    private readonly SiloAddress _one = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1), 1);
    private readonly SiloAddress _other = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 2), 1);
    private readonly SiloDepartures _departures = new(DispatchProxy.Create<ISiloStatusOracle, NoOracle>());

    [Fact]
    public void A_silo_leaves_from_its_first_word_until_it_is_gone()
    {
        Tell(_one, SiloStatus.Joining, SiloStatus.Active);
        Assert.Equal((false, 0), (_departures.IsOneLeaving, _departures.Count));

        Tell(_one, SiloStatus.ShuttingDown);
        Tell(_other, SiloStatus.ShuttingDown, SiloStatus.Stopping, SiloStatus.Dead);
        Assert.Equal((true, 4), (_departures.IsOneLeaving, _departures.Count));

        Tell(_one, SiloStatus.Dead);
        Assert.Equal((false, 5), (_departures.IsOneLeaving, _departures.Count));
    }

    [Fact]
    public void A_silo_that_is_killed_does_not_leave()
    {
        Tell(_one, SiloStatus.Dead);

        Assert.Equal((false, 1), (_departures.IsOneLeaving, _departures.Count));
    }

    private void Tell(SiloAddress silo, params SiloStatus[] statuses)
    {
        foreach (var status in statuses)
            _departures.SiloStatusChangeNotification(silo, status);
    }

    public class NoOracle : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.ReturnType == typeof(bool) ? true : null;
    }
}
