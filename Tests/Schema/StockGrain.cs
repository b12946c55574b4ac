
namespace Granero.Tests.Schema;

/// <summary>A grain that keeps a number and takes reminders, whatever its key is.</summary>
public interface IStockGrain : IGrainWithStringKey, IGrainWithGuidKey, IGrainWithIntegerKey, IGrainWithGuidCompoundKey, IGrainWithIntegerCompoundKey
{
    Task Fill(int tons);

    Task<int> Weigh();

    Task Clear();

    /// <summary>The next call finds a new activation, which has read its state from storage.</summary>
    Task Deactivate();

    Task Remind(string name, TimeSpan period);

    Task<string[]> Reminders();

    Task Forget(string name);
}

/// <param name="Tons">What is in store.</param>
[GenerateSerializer]
public sealed record Stock([property: Id(0)] int Tons);

[GrainType("stock")]
public sealed class StockGrain([PersistentState("stock")] IPersistentState<Stock> stock) : Grain, IStockGrain, IRemindable
{
    public Task Fill(int tons)
    {
        stock.State = new(tons);
        return stock.WriteStateAsync();
    }

    public Task<int> Weigh() => Task.FromResult(stock.RecordExists ? stock.State.Tons : 0);

    public Task Clear() => stock.ClearStateAsync();

    public Task Deactivate()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task Remind(string name, TimeSpan period) => this.RegisterOrUpdateReminder(name, period, period);

    public async Task<string[]> Reminders() => [.. (await this.GetReminders()).Select(reminder => reminder.ReminderName).Order(StringComparer.Ordinal)];

    public async Task Forget(string name) =>
        await this.UnregisterReminder(await this.GetReminder(name) ?? throw new ArgumentException($"There is no reminder {name}", nameof(name)));

    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;
}
