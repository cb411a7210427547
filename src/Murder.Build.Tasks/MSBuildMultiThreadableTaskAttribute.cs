namespace Microsoft.Build.Framework;

/// <summary>
/// Tells MSBuild, which looks for it by name, that a task may run in its own process when projects build on several threads. The type is not in
/// the Microsoft.Build.Framework of the oldest SDK we load in. Without it the task would run in a task host, which has no terminal.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class MSBuildMultiThreadableTaskAttribute : Attribute;
