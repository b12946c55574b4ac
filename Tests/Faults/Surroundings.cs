using System.Net;
using System.Security.Cryptography;
using Docker.DotNet.Models;
using Granero.Tests.EndToEnd;
using Granero.Tests.Support.Tasks;
using Granero.Tests.Support.Videos;

namespace Granero.Tests.Faults;

/// <summary>What a rig needs of the machine: networks, a disk, a container engine, ffmpeg. It does without what there is not, and says so.</summary>
internal sealed class Surroundings : IAsyncDisposable
{
    private readonly List<string> _missing = [];
    private readonly string _whyNoNetwork;
    private readonly string _whyNoDisk;
    private readonly string _bridge = $"gt{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3))}";

    private Surroundings(string folder, (ServerNetwork? Network, string WhyNot) network, (SmallDisk? Disk, string WhyNot) disk, DockerEngine? engine)
    {
        (Folder, Network, _whyNoNetwork, Disk, _whyNoDisk, Engine) = (folder, network.Network, network.WhyNot, disk.Disk, disk.WhyNot, engine);
        AddIfMissing("NO CONNECTIONS ARE CUT", _whyNoNetwork);
        AddIfMissing("NO DISK IS FILLED", _whyNoDisk);
        AddIfMissing("NO TASKS ARE RUN", engine is null ? DockerEngine.Fault : "");
        AddIfMissing("NO VIDEOS ARE UPLOADED", Ffmpeg.IsThere ? "" : "ffmpeg and ffprobe were not found");
        var root = disk.Disk?.Folder ?? folder;
        Files = Directory.CreateDirectory(Path.Combine(root, "files")).FullName;
        Media = Ffmpeg.IsThere ? Directory.CreateDirectory(Path.Combine(root, "media")).FullName : "";
    }

    /// <summary>For logs and journals.</summary>
    public string Folder { get; }

    public string Files { get; }

    /// <summary>Empty where no videos are taken.</summary>
    public string Media { get; }

    public ServerNetwork? Network { get; }

    public SmallDisk? Disk { get; }

    /// <summary>Null where no tasks are run.</summary>
    public DockerEngine? Engine { get; private set; }

    /// <summary>What is left out, and why.</summary>
    public IReadOnlyList<string> Missing => _missing;

    public Dictionary<string, string> SiloSettings => new()
    {
        ["Peers__PasswordIterations"] = "1000",
        ["Accounts__PasswordIterations"] = "1000",
        ["Videos__Encoders"] = Media.Length > 0 ? "1" : "0",
        ["Videos__MaxAttempts"] = "20", // as many silos as are killed under one video
        ["Tasks__Runner"] = Engine is null ? "false" : "true",
        ["Tasks__Network"] = Engine?.Mark ?? "none",
        ["Tasks__Reach"] = Network is null ? "published" : "network",
        ["Tasks__MaxContainers"] = "1",
        ["Tasks__ReadyTimeout"] = "00:00:30",
        ["Tasks__RunnerLease"] = "00:00:05",
    };

    /// <param name="withDisk">Whether the servers' files have to be on a disk that can be filled.</param>
    public static async Task<Surroundings> FindAsync(bool withDisk)
    {
        if (!Ffmpeg.IsThere && Environment.GetEnvironmentVariable("CI") is { Length: > 0 })
            throw Ffmpeg.Missing();
        var folder = Directory.CreateTempSubdirectory("granero-faults-").FullName;
        var disk = withDisk ? await SmallDisk.TryMountAsync(Path.Combine(folder, "disk")) : (null, "");
        var surroundings = new Surroundings(folder, await ServerNetwork.TryCreateAsync(), disk, await DockerEngine.FindAsync());
        if (surroundings is { Network: not null, Engine: { } engine })
            await surroundings.MakeBridgeAsync(engine);
        return surroundings;
    }

    /// <returns>Why this machine cannot have a fault of that kind; empty if it can.</returns>
    public string WhyNot(FaultKind kind) => kind switch
    {
        FaultKind.CutSilos or FaultKind.CutPostgres => _whyNoNetwork,
        FaultKind.FullDisk => _whyNoDisk,
        _ => "",
    };

    /// <summary>Silos that have a network of their own get into that of the engine's containers, too.</summary>
    public async Task JoinContainersAsync(GraneroProcesses granero)
    {
        if (Engine is null || Network is null)
            return;
        var network = await Engine.Client.Networks.InspectNetworkAsync(Engine.Mark);
        var subnet = IPNetwork.Parse(network.IPAM.Config[0].Subnet);
        foreach (var (place, i) in granero.SiloPlaces.Select((place, i) => (place!, i)))
        {
            if (await ServerNetwork.TryJoinAsync(place, _bridge, i, $"{FromTheEnd(subnet, i + 2)}/{subnet.PrefixLength}") is { Length: > 0 } failure)
            {
                AddIfMissing("NO TASKS ARE RUN", $"silos do not get into the containers' network: {failure}");
                Engine = null;
                return;
            }
        }
    }

    /// <summary>Containers that killed silos have left, the engine's network and the disk are removed; the folder stays.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Engine is not null)
            await Engine.DisposeAsync();
        if (Disk is not null)
            await Disk.DisposeAsync();
    }

    private void AddIfMissing(string what, string? why)
    {
        if (why is { Length: > 0 })
            _missing.Add($"*** {what}: {why} ***");
    }

    private async Task MakeBridgeAsync(DockerEngine engine) => await engine.Client.Networks.CreateNetworkAsync(new NetworksCreateParameters
    {
        Name = engine.Mark,
        Options = new Dictionary<string, string> { ["com.docker.network.bridge.name"] = _bridge, ["com.docker.network.bridge.enable_icc"] = "true" },
    });

    /// <summary>The engine gives its addresses from the beginning.</summary>
    private static IPAddress FromTheEnd(IPNetwork subnet, int number)
    {
        var bytes = subnet.BaseAddress.GetAddressBytes();
        var last = (System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes) | (uint.MaxValue >> subnet.PrefixLength)) - (uint)number;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, last);
        return new(bytes);
    }
}
