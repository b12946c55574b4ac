namespace Granero.Tests.Support;

/// <summary>Names such as the agencies' files have: two given names more often than one, accents, an apostrophe, a space.</summary>
internal static class LotteryNames
{
    private static readonly string[] Given =
    [
        "Agustín", "Agustina", "Ana", "Ángel", "Bautista", "Begoña", "Belén", "Camila", "Catalina", "Cruz", "Dante", "Delfina",
        "Emanuel", "Esteban", "Fátima", "Felipe", "Gabriel", "Guadalupe", "Ignacio", "Íñigo", "Isabel", "Joaquín", "Josefina",
        "Juana", "Julián", "Lautaro", "Lucía", "Luis", "Malena", "María", "Martina", "Matías", "Milagros", "Nicolás", "Óscar",
        "Pilar", "Renata", "Santiago", "Sofía", "Tomás", "Úrsula", "Valentín", "Victoria", "Ximena", "Yamila", "Zoe",
    ];

    private static readonly string[] Family =
    [
        "Abadía", "Álvarez", "Arredondo", "Borges", "Carranza", "Casares", "D'Elia", "De Luca", "Díaz", "Fernández", "Fornerón",
        "Giménez", "González", "Hernández", "Huarte", "Ibáñez", "Leiva", "Lorca", "Mamani", "Marín", "Martínez", "Mejía", "Núñez",
        "Pavón", "Pereyra", "Pérez", "Quispe", "Rivas", "Rodríguez", "Rotman", "Saldaña", "Sánchez", "Sosa", "Vera", "Zambrano",
    ];

    public static string First(Random random) => random.Next(4) == 0 ? One(Given, random) : $"{One(Given, random)} {One(Given, random)}";

    public static string Last(Random random) => One(Family, random);

    private static string One(string[] names, Random random) => names[random.Next(names.Length)];
}
