using System.Text;
using CsCheck;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>The reading of known_hosts, with ssh-keygen as the judge.</summary>
public sealed class KnownHostsTests
{
    private const string Blob = "AAAAC3NzaC1lZDI1NTE5AAAAIJKHHDSfxFWWQJZqLmJWqmuH0bGfbMrFTXFMBdBCkn4i";

    private static readonly Gen<string> s_label = Gen.OneOfConst("a", "b", "web1", "web2", "db", "eu", "10", "1");
    private static readonly Gen<string> s_name = Gen.Select(s_label.Array[1, 3], Gen.OneOfConst(0, 0, 2222, 22022), (labels, port) =>
        port == 0 ? string.Join('.', labels) : $"[{string.Join('.', labels)}]:{port}");

    private static readonly Gen<string> s_pattern = Gen.Select(s_name, Gen.OneOfConst("", "", "!"), Gen.OneOfConst("", "*", "?", "upper"), Gen.Int[0, 20], (name, negation, change, at) =>
    {
        int index = at % name.Length;
        return negation + change switch
        {
            "" => name,
            "upper" => name.ToUpperInvariant(),
            _ => name[..index] + change + name[(index + 1)..],
        };
    });

    private static readonly Gen<string> s_line = Gen.Frequency(
        (8, s_pattern.Array[1, 3].Select(patterns => $"{string.Join(',', patterns)} ssh-ed25519 {Blob}")),
        (2, s_pattern.Select(pattern => $"  {pattern}\tssh-ed25519   {Blob} a comment")),
        (1, s_pattern.Select(pattern => $"@cert-authority {pattern} ssh-ed25519 {Blob}")),
        (1, s_pattern.Select(pattern => $"@revoked {pattern} ssh-ed25519 {Blob}")),
        (1, s_pattern.Select(pattern => $"# {pattern} ssh-ed25519 {Blob}")),
        (1, Gen.OneOfConst("", "   ", "a", "a ssh-ed25519", $"|1|x|y ssh-ed25519 {Blob}", $"@odd * ssh-ed25519 {Blob}")));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_same_lines_are_found_as_by_ssh_keygen(bool hashed)
    {
        Gen<(string[] Lines, string Name)> files = Gen.Select(s_line.Array[1, 12], s_name);
        PCG random = new(stream: 1, seed: 2026); // always the same files
        for (int number = 0; number < 150; number++)
        {
            (string[] lines, string name) = files.Generate(random, null, out _);
            using TestDirectory directory = new();
            string path = directory.Write("known_hosts", Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
            if (hashed && !TryHash(path))
            {
                continue; // ssh-keygen hashes no file with a malformed line
            }

            IEnumerable<int> found = KnownHosts.Parse(File.ReadAllText(path), path)
                .Where(line => line.Pattern.Matches(name))
                .Select(line => int.Parse(line.Where[(line.Where.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
            Assert.True(found.SequenceEqual(KeyGen.FindLines(path, name)), $"{name} in file {number}:\n{File.ReadAllText(path)}");
        }
    }

    [Fact]
    public void No_line_is_too_odd_to_read() =>
        Gen.String.Array[0, 20].Sample(lines => _ = KnownHosts.Parse(string.Join('\n', lines), "f").Count(line => line.Pattern.Matches("a")));

    [Fact]
    public void A_pattern_full_of_stars_takes_no_time()
    {
        string pattern = string.Concat(Enumerable.Repeat("*a", 500));

        Assert.False(Wildcard.Matches(pattern, new string('a', 5000) + "b"));
        Assert.True(Wildcard.Matches(pattern, new string('a', 5000)));
    }

    [Fact]
    public void Known_types_are_those_of_plain_lines_for_the_host()
    {
        string rsa = Convert.ToBase64String([0, 0, 0, 7, .. "ssh-rsa"u8, 1]);
        var hosts = new KnownHosts([.. KnownHosts.Parse($"a ssh-rsa {rsa}\n@cert-authority * ssh-ed25519 {Blob}\nb ssh-ed25519 {Blob}\n", "f")], ["f"]);

        Assert.Equal(["ssh-rsa"], hosts.Of("A", 22).KnownTypes);
        Assert.True(hosts.Of("a", 22).AsksForCertificate);
        Assert.Equal(["ssh-ed25519"], hosts.Of("b", 22).KnownTypes);
        Assert.Empty(hosts.Of("b", 2222).KnownTypes);
    }

    // Stricter than 'ssh-keygen -F', which does not look at the key; ssh itself passes over such lines.
    [Theory]
    [InlineData($"a ssh-rsa {Blob}")]
    [InlineData("a ssh-ed25519 !!!!")]
    [InlineData("a ssh-ed25519 AAAA")]
    public void A_line_whose_key_is_malformed_or_of_another_type_counts_for_nothing(string line) =>
        Assert.Null(KnownHostsLine.TryParse(line, "f:1"));

    private static bool TryHash(string path) => Command.TryRun("ssh-keygen", "-q", "-H", "-f", path) is not null;
}
