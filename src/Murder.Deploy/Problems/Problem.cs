namespace Murder.Deploy;

/// <summary>
/// Something a person must know: what is wrong with which thing, and what to do about it. Made only by the catalogues
/// (<c>…Problems</c>), one factory a code, so that each code stands in one place and in the README.
/// </summary>
/// <param name="Code"><c>MURDERnnnn</c>: 0xxx errors, 1xxx warnings</param>
/// <param name="Text">one sentence that names the thing</param>
/// <param name="Remedy">one sentence that says what to do</param>
public sealed record Problem(string Code, string Text, string Remedy)
{
    public bool IsWarning => Code.StartsWith("MURDER1", StringComparison.Ordinal);

    public override string ToString() => $"{Code}: {Text} {Remedy}";
}

/// <summary>The request cannot be carried out; nothing has been touched.</summary>
public sealed class DeploymentException(IReadOnlyList<Problem> problems)
    : Exception(string.Join(Environment.NewLine, problems))
{
    public DeploymentException(Problem problem)
        : this([problem])
    {
    }

    public IReadOnlyList<Problem> Problems { get; } = problems;
}
