using Xunit;

namespace Granero.Tests.Support;

public sealed class LotteryDataSetTests
{
    [Fact]
    public void The_same_seed_makes_the_same_bets_and_another_makes_others()
    {
        Assert.Equal(Bets(seed: 1), Bets(seed: 1));
        Assert.NotEqual(Bets(seed: 1), Bets(seed: 2));

        static IEnumerable<LotteryBet> Bets(int seed) => LotteryDataSet.Make(5, 1000, seed).Agencies.SelectMany(agency => agency.Bets);
    }

    [Fact]
    public void A_made_set_has_the_bets_the_winners_and_the_documents_that_it_promises()
    {
        var set = LotteryDataSet.Make(agencies: 6, bets: 20_003);
        var bets = set.Agencies.SelectMany(agency => agency.Bets).ToArray();

        Assert.Equal(20_003, set.Count);
        Assert.Equal([3334, 3334, 3334, 3334, 3334, 3333], set.Agencies.Select(agency => agency.Bets.Count));
        Assert.Equal([2, 3, 3, 2, 0, 2], set.Agencies.Select(agency => agency.Winners().Length));
        Assert.Equal(bets.Length, bets.Select(bet => bet.Document).Distinct().Count());
        Assert.All(bets, bet => Assert.InRange(bet.Number, 0, 9999));
    }

    [Fact]
    public async Task A_folder_of_agencies_is_read_as_it_was_written()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            await WriteAsync("agency-10.csv", "Íñigo,D'Elia,20000001,1980-01-01,0\r\n");
            await WriteAsync("agency-2.csv", "Ana,Pérez,30904465,1999-03-17,7574\r\nLuz Belén,De Luca,20000000,2004-02-29,9999\r\n");

            var agencies = LotteryDataSet.Read(folder.FullName).Agencies;

            Assert.Equal([2, 10], agencies.Select(agency => agency.Agency));
            Assert.Equal(new LotteryBet("Luz Belén", "De Luca", "20000000", new DateOnly(2004, 2, 29), 9999), agencies[0].Bets[1]);
            Assert.Equal(["30904465"], agencies[0].Winners());
            Assert.Equal("D'Elia", Assert.Single(agencies[1].Bets).LastName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        Task WriteAsync(string name, string lines) =>
            File.WriteAllTextAsync(Path.Combine(folder.FullName, name), lines, TestContext.Current.CancellationToken);
    }
}
