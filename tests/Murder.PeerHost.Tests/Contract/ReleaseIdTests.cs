using CsCheck;
using Murder.PeerHost.Contract;

namespace Murder.PeerHost.Tests.Contract;

public sealed class ReleaseIdTests
{
    [Fact]
    public void HasAVersionATimeAndAContentId()
    {
        ReleaseId id = ReleaseId.Parse("1.4.0-beta.2+x64-20261123T031500Z-5f2a9c1d");

        Assert.Equal("5f2a9c1d", id.ContentId);
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 3, 15, 0, TimeSpan.Zero), id.Time);
    }

    [Theory]
    [InlineData("nightly")]
    [InlineData("1.0-latest-abc")]
    [InlineData("1.0-20261323T031500Z-abc")]
    public void AnIdOfAnotherFormHasNoTime(string text) => Assert.Null(ReleaseId.Parse(text).Time);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData(".hidden")]
    [InlineData("-rf")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("a\0")]
    [InlineData("á")]
    [InlineData("1.0.0.partial")]
    [InlineData(null)]
    public void WhatCouldLeaveItsFolderIsNoReleaseId(string? text)
    {
        Assert.False(ReleaseId.TryParse(text, out _));
        Assert.False(ReleaseId.TryParse(new string('a', 129), out _));
        Assert.True(ReleaseId.TryParse(new string('a', 128), out _));
    }

    [Fact]
    public void EveryReleaseIdIsOneFolderBelowReleases() => Gen.String.Sample(text =>
    {
        if (ReleaseId.TryParse(text, out ReleaseId id))
        {
            ReleaseLayout layout = new("/srv/app");
            Assert.Equal("/srv/app/releases", Path.GetDirectoryName(Path.GetFullPath(layout.Release(id))));
            Assert.Equal("/srv/app/releases", Path.GetDirectoryName(Path.GetFullPath(layout.Partial(id))));
        }
    });
}
