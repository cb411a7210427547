using Microsoft.Win32.SafeHandles;
using Murder.Testing;

namespace Murder.Swarm.IO.Tests;

public sealed class FileHandleCacheTests : IDisposable
{
    private readonly TestDirectory _folder = new();
    private readonly List<int> _opened = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_least_recently_used_file_is_closed_first()
    {
        using FileHandleCache cache = new(2, Open);
        Use(cache, 1, 2, 1, 3, 1, 2);

        Assert.Equal([1, 2, 3, 2], _opened);
        Assert.Equal(2, cache.Count);
    }

    [Fact]
    public void After_a_drop_each_file_is_opened_anew_and_one_in_use_is_closed_by_its_last_user()
    {
        using FileHandleCache cache = new(2, Open);
        Use(cache, 1);
        FileHandleCache.Lease held = cache.Borrow(2);
        SafeFileHandle heldHandle = held.Handle;

        cache.Drop();

        Assert.Equal(0, cache.Count);
        Assert.False(heldHandle.IsClosed);
        Use(cache, 1, 2);
        Assert.Equal([1, 2, 1, 2], _opened);
        held.Dispose();
        Assert.True(heldHandle.IsClosed);
        Assert.Equal(2, cache.Count);
    }

    [Fact]
    public void A_file_in_use_is_never_closed()
    {
        using FileHandleCache cache = new(1, Open);
        using FileHandleCache.Lease held = cache.Borrow(1);
        Use(cache, 2, 3);

        Assert.False(held.Handle.IsClosed);
        Use(cache, 1);
        Assert.Equal([1, 2, 3], _opened);
    }

    [Fact]
    public void A_file_that_could_not_be_opened_is_tried_again()
    {
        bool exists = false;
        using FileHandleCache cache = new(1, file => exists ? Open(file) : throw new FileNotFoundException());
        Assert.Throws<FileNotFoundException>(() => cache.Borrow(1));
        Assert.Equal(0, cache.Count);

        exists = true;
        Use(cache, 1);
        Assert.Equal(1, cache.Count);
    }

    private static void Use(FileHandleCache cache, params int[] files)
    {
        foreach (int file in files)
        {
            using FileHandleCache.Lease lease = cache.Borrow(file);
            Assert.False(lease.Handle.IsClosed);
        }
    }

    private SafeFileHandle Open(int file)
    {
        _opened.Add(file);
        return File.OpenHandle(_folder.Write($"{file}", []));
    }
}
