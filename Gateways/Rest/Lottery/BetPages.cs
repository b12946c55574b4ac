using System.Buffers;
using System.Globalization;
using System.Text;
using Granero.Lottery;

namespace Granero.Gateways.Rest.Lottery;

/// <summary>The bets of a draw. Batches have one bet or a hundred thousand, so each page is as many as the last one says will do.</summary>
internal sealed class BetPages(ILotteryRecordsGrain records, int draw) : ICsvPages
{
    private const int BetsInAPage = 20_000;
    private const int MostBatches = 1000;

    private BatchPlace? _last;
    private int _batches = 1;

    public async Task<bool> WriteNextAsync(IBufferWriter<byte> output)
    {
        var page = await records.ReadBets(draw, _last, _batches);
        if (page is not [.., { } last])
            return false;
        foreach (var (agency, batch) in page)
            Write(output, agency, batch);
        _last = new(last.Agency, last.Batch.Id);
        var bets = page.Sum(stored => (long)stored.Batch.Numbers.Length);
        _batches = (int)Math.Clamp(BetsInAPage * (long)page.Length / bets, 1, Math.Min(_batches * 4L, MostBatches));
        return true;
    }

    private void Write(IBufferWriter<byte> output, int agency, BetBatch batch)
    {
        var text = new StringBuilder();
        for (var i = 0; i < batch.Numbers.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{draw},{agency},{CsvFields.Field(batch.FirstNames[i])},{CsvFields.Field(batch.LastNames[i])},");
            text.Append(CultureInfo.InvariantCulture, $"{CsvFields.Field(batch.Documents[i])},{batch.Birthdates[i]:yyyy-MM-dd},{batch.Numbers[i]}\r\n");
        }

        Encoding.UTF8.GetBytes(text.ToString(), output);
    }
}

/// <summary>The winners of a draw.</summary>
internal sealed class WinnerPages(ILotteryRecordsGrain records, int draw) : ICsvPages
{
    private const int WinnersInAPage = 5_000;

    private Winner? _last;

    public async Task<bool> WriteNextAsync(IBufferWriter<byte> output)
    {
        var page = await records.ReadWinners(draw, _last, WinnersInAPage);
        foreach (var winner in page)
            Encoding.UTF8.GetBytes($"{draw},{winner.Agency},{winner.Position},{CsvFields.Field(winner.Document)}\r\n", output);
        _last = page.LastOrDefault();
        return page.Length > 0;
    }
}
