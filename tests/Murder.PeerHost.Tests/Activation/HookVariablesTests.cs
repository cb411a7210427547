using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.PeerHost.Tests;

public sealed class HookVariablesTests
{
    [Fact]
    public void ValuesStandAsTheyAreAndNoShellReadsThem()
    {
        IReadOnlyDictionary<string, string> variables = Parse("# for deploys\n\nConnection=Host=db;Password=a\"b' c$(id) #1 \nEMPTY=\r\n_2=`ls`\t\nLAST=");

        Assert.Equal(
            [("Connection", "Host=db;Password=a\"b' c$(id) #1 "), ("EMPTY", ""), ("_2", "`ls`\t"), ("LAST", "")],
            variables.Select(pair => (pair.Key, pair.Value)));
    }

    [Theory]
    [InlineData("A=1\nexport B=secret", "line 2 of F is not NAME=VALUE, with letters, digits and '_' in the name")]
    [InlineData("secret", "line 1 of F is not NAME=VALUE, with letters, digits and '_' in the name")]
    [InlineData("=secret", "line 1 of F is not NAME=VALUE, with letters, digits and '_' in the name")]
    [InlineData("1A=secret", "line 1 of F is not NAME=VALUE, with letters, digits and '_' in the name")]
    [InlineData(" A=secret", "line 1 of F is not NAME=VALUE, with letters, digits and '_' in the name")]
    [InlineData("A =secret", "line 1 of F is not NAME=VALUE, with letters, digits and '_' in the name")]
    [InlineData("Ä=secret", "line 1 of F is not NAME=VALUE, with letters, digits and '_' in the name")]
    [InlineData("A=\"secret\"", "line 1 of F has quotes around A: values stand as they are")]
    [InlineData("A='secret'", "line 1 of F has quotes around A: values stand as they are")]
    [InlineData("A=sec\0ret", "line 1 of F has a control character in A")]
    [InlineData("A=secret\n\nA=secret", "line 3 of F sets A again")]
    [InlineData("MURDER_ROOT=/secret", "line 1 of F sets MURDER_ROOT, and names with MURDER_ are the deploy's own")]
    public void WhatAShellWouldTakeForSomethingElseIsRefusedWithoutItsValue(string text, string told)
    {
        VerbException refused = Assert.Throws<VerbException>(() => Parse(text));

        Assert.Equal((HostFailure.VariablesUnusable, told), (refused.Failure, refused.Message));
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileThatIsNotThereSaysNothingAndOneThatCannotBeReadIsTold()
    {
        using TestDirectory folder = new();

        Assert.Empty(HookVariables.Read(folder.Combine("murder.env")));
        Assert.Contains("is a folder", Refused(folder.Path), StringComparison.Ordinal);
        Assert.Contains("is not UTF-8", Refused(folder.Write("latin.env", [(byte)'A', (byte)'=', 0xFC])), StringComparison.Ordinal);
        Assert.Contains("has more than 65536 bytes", Refused(folder.Write("large.env", new byte[65_537])), StringComparison.Ordinal);
    }

    private static string Refused(string path) => Assert.Throws<VerbException>(() => HookVariables.Read(path)).Message;

    private static IReadOnlyDictionary<string, string> Parse(string text) => HookVariables.Parse(text, "F");
}
