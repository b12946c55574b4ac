using System.Xml.Linq;
using Granero.Accounts;
using Granero.Gateways.Hosting;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Granero.Gateways.Rest.Accounts;

/// <summary>
/// Where data protection keeps its keys: with the grains, and through them in Postgres. It makes a new key by itself before the old one
/// runs out after 90 days. Its contract knows no tasks, so these few calls block: at start, and once a day.
/// </summary>
internal sealed class SharedKeyRing(IGrainFactory grains, GrainRetry retry) : IXmlRepository
{
    private IKeyRingGrain Keys => grains.GetGrain<IKeyRingGrain>(0);

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        var keys = Task.Run(() => retry.CallAsync(() => Keys.Read())).GetAwaiter().GetResult();
        return [.. keys.Select(key => XElement.Parse(key))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        var xml = element.ToString(SaveOptions.DisableFormatting);
        Task.Run(() => retry.CallAsync(() => Keys.Add(friendlyName, xml))).GetAwaiter().GetResult();
    }
}
