namespace Murder.Deploy;

/// <summary>The rule for the application's root on a host.</summary>
internal static class HostRoot
{
    private const int LengthMax = 1024;

    /// <summary>What is wrong with it; null when it can be used.</summary>
    public static string? Fault(string root) => 0 switch
    {
        _ when root.Length == 0 => "it is empty",
        _ when root.Length > LengthMax => $"it is longer than {LengthMax} characters",
        _ when root[0] != '/' => "it is not an absolute path",
        _ when root.Any(char.IsControl) => "it holds a control character",
        _ when root.Contains("{{", StringComparison.Ordinal) => "templates are not evaluated",
        _ when root.Split('/').Any(part => part is "." or "..") => "it holds '.' or '..'",
        _ when root.All(c => c == '/') => "it is the root of the file system",
        _ => null,
    };

    /// <summary>The one way of writing it: single slashes, none at the end.</summary>
    public static string Normalise(string root) => "/" + string.Join('/', root.Split('/', StringSplitOptions.RemoveEmptyEntries));
}
