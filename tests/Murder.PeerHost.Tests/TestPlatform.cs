using System.Runtime.Versioning;

// The agent runs on Linux, and so do its tests.
[assembly: SupportedOSPlatform("linux")]
