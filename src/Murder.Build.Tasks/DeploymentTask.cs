using Microsoft.Build.Framework;
using Murder.Deploy;
using Task = System.Threading.Tasks.Task;

namespace Murder.Build.Tasks;

/// <summary>
/// What every verb does around its one call of <see cref="Deployment"/>: translate the request, stop when asked to, and say everything that went
/// wrong as an error with a code. No exception leaves <see cref="Execute"/>, and false is never returned without an error but after a cancel.
/// </summary>
public abstract partial class DeploymentTask : Microsoft.Build.Utilities.Task, ICancelableTask, IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();

    public sealed override bool Execute()
    {
        using TerminationSignals signals = new(_cancellation);
        using MSBuildLog log = new(Log, ProjectFile, ProgressStyles.Choose(Setting("Progress"), Setting("TerminalLogger")));
        log.Detail(Request());
        if (!ProgressStyles.IsKnown(Setting("Progress")))
        {
            log.Report(TaskProblems.Progress(Setting("Progress")));
            return false;
        }

        try
        {
            // Off MSBuild's thread and async all the way: MSBuild runs on few pool threads, and waiting on them starves the deploy.
            bool succeeded = Task.Run(() => RunAsync(ToSettings(), log, _cancellation.Token)).GetAwaiter().GetResult();
            if (!succeeded && !Log.HasLoggedErrors)
            {
                log.Report(TaskProblems.FailedWithoutReason());
            }
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            log.Milestone("cancelled");
            return false;
        }
        catch (DeploymentException wrongRequest)
        {
            log.Report(wrongRequest.Problems);
        }
#pragma warning disable CA1031 // whatever else is thrown is ours to answer for: said in our words, not in MSBuild's MSB4018
        catch (Exception bug)
#pragma warning restore CA1031
        {
            log.Report(TaskProblems.Bug(bug));
            log.Detail(bug.ToString());
        }

        return !Log.HasLoggedErrors;
    }

    /// <summary>All that was given, for whoever asks why it was not what he meant.</summary>
    private string Request()
    {
        IEnumerable<string> settings = Settings.CloneCustomMetadata().Keys.Cast<string>()
            .Where(name => Setting(name).Length > 0)
            .Order(StringComparer.Ordinal)
            .Select(name => $"{name}='{Setting(name)}'");
        return $"murder: {string.Join(' ', settings)} MurderHost items: {string.Join(' ', HostItems.Select(item => item.ItemSpec))}";
    }

    /// <summary>MSBuild calls it on Ctrl-C, and waits until <see cref="Execute"/> has cleaned up.</summary>
    public void Cancel() => _cancellation.Cancel();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _cancellation.Dispose();
        }
    }

    /// <summary>The verb. False when it did not succeed, and then <see cref="Deployment"/> has reported why.</summary>
    internal abstract Task<bool> RunAsync(DeploymentSettings settings, MSBuildLog log, CancellationToken cancellationToken);
}
