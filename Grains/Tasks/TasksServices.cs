using Granero.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Granero.Tasks;

/// <summary>The tasks' part of a silo. Runs of containers are hosted on silos that have an engine and on no others.</summary>
internal static class TasksServices
{
    public static void AddTasks(this ISiloBuilder silo)
    {
        var services = silo.Services;
        services.AddOptions<TasksOptions>().BindConfiguration(TasksOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TasksOptions>, TasksOptions>();
        services.AddSingleton<RemoteTaskStore>().AddSingleton<TaskBoardStore>().AddSingleton<RunnerStore>().AddSingleton<RunnerIdentity>().AddSingleton<LeaseJudge>().AddSingleton<TaskLogs>();
        services.AddSingleton<Engine>().AddSingleton<TaskImages>().AddSingleton<AllowedImages>().AddSingleton<TaskContainers>();
        services.AddSingleton<ContainerSlots>().AddSingleton<RunRecords>().AddSingleton<TaskRun>().AddSingleton<TaskRunner>();
        services.AddSampledGauge(TasksTelemetry.Unfinished, TasksTelemetry.CountUnfinished);
        if ((silo.Configuration.GetSection(TasksOptions.Section).Get<TasksOptions>() ?? new()).IsRunner)
            services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, RunnerService>();
        else
            services.PostConfigure<GrainTypeOptions>(grains => grains.Classes.Remove(typeof(RemoteTaskGrain)));
    }
}
