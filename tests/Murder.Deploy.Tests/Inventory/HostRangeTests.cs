namespace Murder.Deploy.Tests;

public sealed class HostRangeTests
{
    [Theory]
    [InlineData("web", "web")]
    [InlineData("web[1:3]", "web1 web2 web3")]
    [InlineData("web[01:03].example.com", "web01.example.com web02.example.com web03.example.com")]
    [InlineData("web[08:11]", "web08 web09 web10 web11")]
    [InlineData("web[8:11]", "web8 web9 web10 web11")]
    [InlineData("web[:2]", "web0 web1 web2")]
    [InlineData("web[0:10:5]", "web0 web5 web10")]
    [InlineData("web[1:10:4]", "web1 web5 web9")]
    [InlineData("db-[a:d]", "db-a db-b db-c db-d")]
    [InlineData("db-[a:g:3]", "db-a db-d db-g")]
    [InlineData("db-[X:Z]", "db-X db-Y db-Z")]
    [InlineData("r[1:2]-n[a:b]", "r1-na r1-nb r2-na r2-nb")]
    [InlineData("web[5:5]", "web5")]
    public void A_range_names_hosts_as_Ansible_does(string pattern, string expected)
    {
        Assert.True(HostRange.TryExpand(pattern, out IReadOnlyList<string> names, out string error), error);
        Assert.Equal(expected, string.Join(' ', names));
    }

    [Theory]
    [InlineData("web[1:3", "']' is missing")]
    [InlineData("web[]", "must have the form")]
    [InlineData("web[5]", "must have the form")]
    [InlineData("web[1:2:3:4]", "must have the form")]
    [InlineData("web[1:]", "last value is missing")]
    [InlineData("web[3:1]", "comes after")]
    [InlineData("web[d:a]", "comes after")]
    [InlineData("web[1:b]", "two numbers or two letters")]
    [InlineData("web[aa:bb]", "two numbers or two letters")]
    [InlineData("web[-1:3]", "two numbers or two letters")]
    [InlineData("web[01:100]", "same number of digits")]
    [InlineData("web[1:5:0]", "step")]
    [InlineData("web[1:5:x]", "step")]
    [InlineData("web[0:99999999999]", "two numbers or two letters")]
    [InlineData("web[0:2147483647]", "more than 20000")]
    [InlineData("w[0:999][0:999]", "more than 20000")]
    [InlineData("[1:2][1:2][1:2][1:2][1:2][1:2][1:2][1:2][1:2]", "8 ranges")]
    public void A_range_that_cannot_be_read_says_why(string pattern, string expected)
    {
        Assert.False(HostRange.TryExpand(pattern, out _, out string error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }
}
