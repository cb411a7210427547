// Hosts are Linux, and so are the machines these tests run on: modes, symlinks, mounts.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
