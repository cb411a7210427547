namespace Murder.Deploy;

/// <summary>To whom a deploy talks while it runs. Called from any thread; must not block.</summary>
public interface IDeploymentLog
{
    /// <summary>A line of the few that everybody reads.</summary>
    void Milestone(string line);

    /// <summary>A line for who looks for the one slow host.</summary>
    void Detail(string line);

    /// <summary>An order to the CI service that reads the log, to be passed on as it is: without a word that comes from a host.</summary>
    void Order(string line);

    /// <summary>How far it is, in one line that replaces the one before. Called as often as something changes; the receiver limits the rate.</summary>
    void Progress(string line);

    void Report(Problem problem);
}
