using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Murder.Swarm.IO;

/// <summary>
/// Open files by their number in the metainfo. At most <paramref name="capacity"/> stay open, least recently used ones are closed first,
/// and never one that is in use: only as many more as there are threads reading or writing at once. So 100,000 small files pass through
/// a process that may open 1,024. Thread-safe; a file is opened outside the lock of the table, by the first that needs it.
/// </summary>
internal sealed class FileHandleCache(int capacity, Func<int, SafeFileHandle> open) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Entry> _entries = [];
    private readonly LinkedList<Entry> _recent = []; // first: used last
    private bool _disposed;

    /// <summary>Files that are open now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Borrows the file's handle until the lease is disposed.</summary>
    public Lease Borrow(int file)
    {
        Entry entry;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            ref Entry? place = ref CollectionsMarshal.GetValueRefOrAddDefault(_entries, file, out _);
            entry = place ??= new Entry(file);
            entry.Users++;
            Touch(entry);
        }

        try
        {
            lock (entry)
            {
                entry.Handle ??= open(file);
            }

            return new Lease(this, entry);
        }
        catch
        {
            Return(entry);
            throw;
        }
    }

    /// <summary>Forgets every handle, so that each file is opened anew by its next user. A handle that is in use is closed when it is returned.</summary>
    public void Drop()
    {
        List<SafeFileHandle> closing = [];
        lock (_gate)
        {
            foreach (Entry entry in _entries.Values)
            {
                entry.IsDropped = true;
                if (entry is { Users: 0, Handle: { } unused })
                {
                    closing.Add(unused);
                }
            }

            _entries.Clear();
            _recent.Clear();
        }

        closing.ForEach(handle => handle.Dispose());
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (Entry entry in _entries.Values)
            {
                entry.Handle?.Dispose();
            }

            _entries.Clear();
            _recent.Clear();
        }
    }

    private void Touch(Entry entry)
    {
        if (entry.Place.List is not null)
        {
            _recent.Remove(entry.Place);
        }

        _recent.AddFirst(entry.Place);
    }

    private void Return(Entry entry)
    {
        List<SafeFileHandle>? closing = null;
        lock (_gate)
        {
            entry.Users--;
            if (entry.IsDropped)
            {
                closing = entry is { Users: 0, Handle: { } last } ? [last] : null;
            }
            else if (!_disposed)
            {
                closing = Evict(entry);
            }
        }

        closing?.ForEach(handle => handle.Dispose());
    }

    /// <summary>Takes out what is over the capacity and unused, and an entry whose file could not be opened.</summary>
    private List<SafeFileHandle>? Evict(Entry returned)
    {
        if (returned is { Users: 0, Handle: null })
        {
            Remove(returned);
        }

        List<SafeFileHandle>? closing = null;
        for (LinkedListNode<Entry>? at = _recent.Last; at is not null && _entries.Count > capacity;)
        {
            Entry entry = at.Value;
            at = at.Previous;
            if (entry.Users == 0)
            {
                Remove(entry);
                (closing ??= []).Add(entry.Handle!);
            }
        }

        return closing;
    }

    private void Remove(Entry entry)
    {
        _entries.Remove(entry.File);
        _recent.Remove(entry.Place);
    }

    internal sealed class Entry
    {
        public Entry(int file)
        {
            File = file;
            Place = new LinkedListNode<Entry>(this);
        }

        public int File { get; }

        public LinkedListNode<Entry> Place { get; }

        public SafeFileHandle? Handle { get; set; }

        public int Users { get; set; }

        /// <summary>No longer in the table: its last user closes it.</summary>
        public bool IsDropped { get; set; }
    }

    /// <summary>A borrowed handle. Dispose it exactly once.</summary>
    internal readonly struct Lease(FileHandleCache cache, Entry entry) : IDisposable
    {
        public SafeFileHandle Handle => entry.Handle!;

        public void Dispose() => cache.Return(entry);
    }
}
