using Markdig;

namespace WebAppWithMurder;

/// <summary>The newest of the notes that are shipped with the app.</summary>
internal sealed class ReleaseNotes(IWebHostEnvironment environment)
{
    public string ToHtml()
    {
        string folder = Path.Combine(environment.ContentRootPath, "notes");
        string? newest = Directory.EnumerateFiles(folder, "*.md").Order(StringComparer.Ordinal).LastOrDefault();
        return newest is null ? "" : Markdown.ToHtml(File.ReadAllText(newest));
    }
}
