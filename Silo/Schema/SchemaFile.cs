using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Granero.Schema;

/// <summary>One numbered file of the schema, <c>NNNN-name.sql</c>. Once released it never changes; a change is a new file.</summary>
/// <param name="Version">The number, from 1 on, without gaps.</param>
/// <param name="Name">What is between the number and <c>.sql</c>.</param>
/// <param name="Sql">Statements that may run in one transaction.</param>
internal sealed partial record SchemaFile(int Version, string Name, string Sql)
{
    /// <summary>SHA-256 of the text, in lower-case hex.</summary>
    public string Checksum => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    public string FileName => $"{Version:D4}-{Name}.sql";

    /// <summary>The files built into this assembly, by version.</summary>
    /// <exception cref="InvalidOperationException">A file is misnamed, or a number is missing or taken twice.</exception>
    public static IReadOnlyList<SchemaFile> ReadEmbedded()
    {
        var assembly = typeof(SchemaFile).Assembly;
        var files = assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Select(name => Parse(name, Read(assembly, name)))
            .OrderBy(file => file.Version)
            .ToArray();
        for (var i = 0; i < files.Length; i++)
        {
            if (files[i].Version != i + 1) throw new InvalidOperationException($"Schema files are numbered 1, 2, 3, ...; at {i + 1} there is {files[i].FileName}");
        }

        return files;
    }

    /// <exception cref="InvalidOperationException">The name is not of the form <c>NNNN-name.sql</c>.</exception>
    public static SchemaFile Parse(string fileName, string sql)
    {
        var match = NamePattern().Match(fileName);
        if (!match.Success) throw new InvalidOperationException($"A schema file is named NNNN-name.sql, not {fileName}");
        return new(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), match.Groups[2].Value, sql);
    }

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"^(\d{4})-([a-z0-9-]+)\.sql$")]
    private static partial Regex NamePattern();
}
