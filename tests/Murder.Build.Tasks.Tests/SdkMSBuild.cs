using System.Runtime.CompilerServices;
using Microsoft.Build.Locator;

namespace Murder.Build.Tasks.Tests;

internal static class SdkMSBuild
{
    /// <summary>Before anything of this assembly runs: Microsoft.Build.* then come from the SDK, as they do for a task.</summary>
#pragma warning disable CA2255 // a test assembly has no entry point of its own to do this in
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Locate() => MSBuildLocator.RegisterDefaults();
}
